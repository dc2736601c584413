"""The check against policies that admit a scrape and those that do not, and against input that is none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.validate_network_policy.cli import main

pytestmark = pytest.mark.unit

SYSTEM = """\
apiVersion: v1
kind: Namespace
metadata: {name: monitoring, labels: {team: platform}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: payment-service, namespace: prod}
spec:
  template:
    metadata: {labels: {app: payment-service, tier: backend}}
    spec:
      containers:
        - name: app
          ports: [{name: http, containerPort: 8080}, {name: admin, containerPort: 9000}]
---
apiVersion: v1
kind: Service
metadata:
  name: payment-service
  namespace: prod
  annotations: {prometheus.io/scrape: "true"}
spec:
  selector: {app: payment-service}
  ports: [{port: 80, targetPort: http}]
"""
OWN: dict[str, Any] = {"podSelector": {}}
MONITORING = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
HTTP = [{"protocol": "TCP", "port": 8080}]


def policy(ingress: list[dict[str, Any]], name: str = "allow-internal-traffic", **spec: Any) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": name, "namespace": spec.pop("namespace", "prod")},
            "spec": {"podSelector": {"matchLabels": {"app": "payment-service"}}, "ingress": ingress, **spec},
        }
    )


def judged(folder: Path, *policies: str, arguments: tuple[str, ...] = ()) -> int:
    (folder / "system.yaml").write_text(SYSTEM, encoding="utf-8")
    for number, text in enumerate(policies):
        (folder / f"policy-{number}.yaml").write_text(text, encoding="utf-8")
    return main([str(folder), *arguments])


STORY = policy([{"from": [OWN], "ports": HTTP}])


def test_the_storys_policy_refuses_the_scrape_and_says_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(tmp_path, STORY) == 1
    said = capsys.readouterr().out
    assert "REFUSED Deployment prod/payment-service port 8080" in said
    assert "prod/allow-internal-traffic opens port 8080, but not to namespace monitoring" in said
    assert "kubernetes.io/metadata.name: monitoring" in said


@pytest.mark.parametrize(
    ("policies", "code"),
    [
        pytest.param([], 0, id="no policy at all"),
        pytest.param([policy([{"from": [OWN], "ports": HTTP}, {"from": [MONITORING], "ports": HTTP}])], 0, id="mended"),
        pytest.param([STORY, policy([{"from": [MONITORING], "ports": HTTP}], "more")], 0, id="policies add up"),
        pytest.param([policy([])], 1, id="deny all"),
        pytest.param([policy([{}])], 0, id="allow all"),
        pytest.param([policy([{"from": [MONITORING], "ports": [{"port": 9000}]}])], 1, id="another port"),
        pytest.param([policy([{"from": [MONITORING], "ports": [{"port": "http"}]}])], 0, id="a named port"),
        pytest.param([policy([{"from": [MONITORING], "ports": [{"port": "metrics"}]}])], 1, id="a name nobody has"),
        pytest.param([policy([{"from": [MONITORING], "ports": [{"port": 8000, "endPort": 8100}]}])], 0, id="a range"),
        pytest.param([policy([{"from": [MONITORING], "ports": [{"protocol": "UDP", "port": 8080}]}])], 1, id="UDP"),
        pytest.param([policy([{"from": [MONITORING]}])], 0, id="every port"),
        pytest.param(
            [policy([{"from": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}], "ports": HTTP}])],
            1,
            id="the label that namespaces do not have by themselves",
        ),
        pytest.param(
            [policy([{"from": [{"namespaceSelector": {"matchLabels": {"team": "platform"}}}]}])], 0, id="its own label"
        ),
        pytest.param(
            [policy([{"from": [{**MONITORING, "podSelector": {"matchLabels": {"app": "prometheus"}}}]}])],
            0,
            id="both selectors",
        ),
        pytest.param(
            [policy([{"from": [{**MONITORING, "podSelector": {"matchLabels": {"app": "grafana"}}}]}])],
            1,
            id="both selectors, another pod",
        ),
        pytest.param([policy([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}])], 0, id="an address block"),
        pytest.param(
            [policy([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}])],
            1,
            id="an address block with a hole",
        ),
        pytest.param([policy([], podSelector={"matchLabels": {"app": "other"}})], 0, id="other pods"),
        pytest.param(
            [policy([], podSelector={"matchExpressions": [{"key": "tier", "operator": "In", "values": ["backend"]}]})],
            1,
            id="selected by expression",
        ),
        pytest.param([policy([], policyTypes=["Egress"])], 0, id="not about ingress"),
        pytest.param([policy([], namespace="other")], 0, id="another namespace"),
        pytest.param(
            [policy([], namespace="monitoring", podSelector={}, policyTypes=["Egress"])],
            1,
            id="the scraper may not out",
        ),
        pytest.param(
            [
                policy(
                    [],
                    namespace="monitoring",
                    podSelector={},
                    policyTypes=["Egress"],
                    egress=[{"to": [{"namespaceSelector": {}}], "ports": [{"port": "http"}]}],
                )
            ],
            0,
            id="the scraper may out, to a named port",
        ),
    ],
)
def test_policies_by_the_definition(tmp_path: Path, policies: list[str], code: int) -> None:
    scraper = ("--from", "monitoring:app=prometheus", "--from-cidr", "10.1.2.3/32")
    assert judged(tmp_path, *policies, arguments=scraper) == code


def test_json_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(tmp_path, STORY, arguments=("--json",)) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["admitted"] is False
    (target,) = said["targets"]
    assert (target["owner"], target["port"], target["policies"]) == (
        "Deployment prod/payment-service",
        8080,
        ["prod/allow-internal-traffic"],
    )


def test_a_named_target_needs_no_annotation(tmp_path: Path) -> None:
    assert judged(tmp_path, STORY, arguments=("--target", "prod/payment-service:9000")) == 1


def test_manifests_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SYSTEM}---\n{STORY}"))
    assert main(["-"]) == 1


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({"a.yaml": "a: [1"}, (), "a.yaml:"),
        ({}, (), "there is no Kubernetes object"),
        ({"a.yaml": SYSTEM.replace("prometheus.io/scrape", "x")}, (), "nothing is annotated"),
        (
            {"a.yaml": SYSTEM.replace("targetPort: http", "targetPort: web")},
            (),
            "which Deployment prod/payment-service",
        ),
        ({"a.yaml": SYSTEM}, ("--target", "prod/nobody:1"), "no pods stand behind"),
        ({"a.yaml": SYSTEM}, ("--target", "prod"), "is not NAMESPACE/SERVICE:PORT"),
        ({"a.yaml": SYSTEM}, ("--from", "monitoring:app"), "is not NAMESPACE"),
        ({"a.yaml": SYSTEM}, ("--probe", "image"), "needs --live"),
        (
            {"a.yaml": SYSTEM, "b.yaml": policy([{"from": [{"ipBlock": {"cidr": "10.0.0.0/99"}}]}])},
            ("--from-cidr", "10.1.2.3/32"),
            "an ipBlock that is none",
        ),
        (
            {"a.yaml": SYSTEM, "b.yaml": policy([{"from": [{"podselector": {}}]}])},
            (),
            "a peer without podSelector",
        ),
    ],
)
def test_bad_input_is_exit_code_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main([str(tmp_path), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_cluster_that_cannot_be_asked_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--live"]) == 2
