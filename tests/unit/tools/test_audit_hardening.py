"""A hardened namespace passes; each thing that is taken away from it is found, with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.audit_hardening.cli import CHECKS, main
from tools.audit_hardening.etcd_alert import QUOTA, SIZE, share

pytestmark = pytest.mark.unit

BUDGET_OF_DB = "app: db}}\n---\napiVersion: networking"
ACCOUNT = "      serviceAccountName: db\n"
HARDENED = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: db}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: db}}
    spec:
      serviceAccountName: db
      initContainers:
        - name: prepare
          resources: {limits: {cpu: 100m, memory: 64Mi}}
      containers:
        - name: postgres
          resources: {limits: {cpu: "1", memory: 1Gi}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: db}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: no-metadata}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]
    - to: [{namespaceSelector: {}}]
      ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 80}]
"""
RULES = """\
groups:
  - name: etcd
    rules:
      - record: etcd:share
        expr: etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes
      - alert: EtcdFull
        expr: EXPRESSION
"""
SHARE = "(etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes) > 0.7"
EVIDENCE = """\
backups:
  - {of: StatefulSet/db, restored: 2025-05-02, report: restore.json}
load-tests:
  - {of: StatefulSet/db, done: 2025-05-10, expected-peak: 400, passed-at: 1000, report: load.html}
"""
BUDGET = "  maxUnavailable: 1\n"


def replaced(*pairs: tuple[str, str], text: str = HARDENED) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def audited(
    folder: Path, manifests: str = HARDENED, *arguments: str, rules: str = SHARE, evidence: str = EVIDENCE
) -> int:
    (folder / "deploy").mkdir(exist_ok=True)
    (folder / "deploy" / "shop.yaml").write_text(manifests, encoding="utf-8")
    (folder / "rules.yaml").write_text(RULES.replace("EXPRESSION", rules), encoding="utf-8")
    (folder / "proven.yaml").write_text(evidence, encoding="utf-8")
    for name, text in (("restore.json", '{"wrong": []}'), ("load.html", "<p>passed</p>")):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    given = ["--rules", str(folder / "rules.yaml"), "--evidence", str(folder / "proven.yaml"), "--as-of", "2025-05-20"]
    return main([str(folder / "deploy"), "--namespace", "shop", *given, *arguments])


def found(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return [one for one in findings if one["status"] not in ("ok", "skipped")]


def test_a_hardened_namespace_passes_every_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(tmp_path) == 0
    said = capsys.readouterr().out
    assert "namespace shop: 0 open, 0 unknown, 0 skipped, 9 ok" in said
    assert all(f"ok      {check}:" in said for check in CHECKS)


@pytest.mark.parametrize(
    ("manifests", "check", "line", "says"),
    [
        (replaced((BUDGET_OF_DB, BUDGET_OF_DB.replace("db", "x"))), CHECKS[0], 10, "3 replicas and no Pod"),
        (replaced((BUDGET, "  maxUnavailable: 100%\n")), CHECKS[0], 30, "all 3 replicas"),
        (replaced((BUDGET, "  maxUnavailable: 3\n")), CHECKS[0], 30, "all 3 replicas"),
        (replaced((BUDGET, "  minAvailable: 0\n")), CHECKS[0], 30, "all 3 replicas"),
        (replaced(("  selector: {matchLabels: {app: db}}\n", "")), CHECKS[0], 10, "3 replicas and no Pod"),
        (replaced((BUDGET, "")), CHECKS[0], 30, "all 3 replicas"),
        (replaced(("cpu: 100m, memory: 64Mi", "cpu: 100m")), "limits", 20, "all memory of its node"),
        (replaced(('limits: {cpu: "1", memory: 1Gi}', "requests: {cpu: 1}")), "limits", 23, "all cpu and memory"),
        (replaced(("podSelector: {}", "podSelector: {matchLabels: {app: web}}")), "metadata-egress", 10, "no policy"),
        (replaced((", except: [169.254.169.254/32]", "")), "metadata-egress", 10, "shop/no-metadata allows it"),
        (replaced((ACCOUNT, ACCOUNT + "      hostNetwork: true\n")), "metadata-egress", 10, "node's network"),
        (replaced(("0.0.0.0/0, except: [169.254.169.254/32]", '"::/0"')), "metadata-egress", 10, "fd00:ec2::254"),
        (replaced(("enforce", "warn")), "pod-security", 3, "hold nobody back"),
        (replaced(("restricted", "baseline")), "pod-security", 3, "less than restricted"),
        (replaced(("enforce: restricted", "enforce: strict")), "pod-security", 3, "is no level"),
        (replaced(("automountServiceAccountToken: false\n", "")), "account-token", 17, "a token of db is mounted"),
    ],
)
def test_what_is_taken_away_is_found_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifests: str, check: str, line: int, says: str
) -> None:
    assert audited(tmp_path, manifests, "--json") == 1
    (one,) = found(capsys)
    assert (one["check"], one["status"]) == (check, "open")
    assert one["place"] == f"{tmp_path}/deploy/shop.yaml:{line}"
    assert says in one["says"]
    assert one["do"]


@pytest.mark.parametrize(
    "manifests",
    [
        pytest.param(
            replaced(("replicas: 3", "replicas: 1"), (BUDGET_OF_DB, BUDGET_OF_DB.replace("db", "x"))), id="one replica"
        ),
        pytest.param(replaced((BUDGET, "  minAvailable: 1%\n")), id="a share is rounded up"),
        pytest.param(replaced(("selector: {matchLabels: {app: db}}", "selector: {}")), id="a budget for all"),
        pytest.param(
            replaced(("          resources: {limits: {cpu: 100m, memory: 64Mi}}\n", ""))
            + "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: usual}\n"
            "spec: {limits: [{type: Container, default: {cpu: 1, memory: 1Gi}}]}\n",
            id="limits of the namespace",
        ),
        pytest.param(
            replaced(("automountServiceAccountToken: false\n", ""))
            + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: db}\n"
            "subjects: [{kind: ServiceAccount, name: db}]\n",
            id="a token that is of use",
        ),
        pytest.param(
            replaced(
                ("automountServiceAccountToken: false\n", ""),
                (ACCOUNT, ACCOUNT + "      automountServiceAccountToken: false\n"),
            ),
            id="the pod does without",
        ),
    ],
)
def test_what_is_well_in_another_way_passes(tmp_path: Path, manifests: str) -> None:
    assert audited(tmp_path, manifests) == 0


def test_a_second_policy_undoes_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = (
        HARDENED[HARDENED.rindex("---") :]
        .replace("no-metadata", "all-open")
        .replace(", except: [169.254.169.254/32]", "")
    )
    assert audited(tmp_path, HARDENED + more, "--json") == 1
    (one,) = found(capsys)
    assert one["check"] == "metadata-egress"
    assert "shop/all-open allows it" in one["says"]


@pytest.mark.parametrize("account", ["", "      serviceAccountName: default\n", "      serviceAccount: default\n"])
def test_the_default_account_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], account: str) -> None:
    manifests = replaced(("      serviceAccountName: db\n", account))
    assert audited(tmp_path, manifests, "--json") == 1
    assert {one["check"] for one in found(capsys)} == {"service-account", "account-token"}


@pytest.mark.parametrize("replicas", ["replicas: 1", "replicas: 3"])
def test_a_deployment_with_a_claim_keeps_state_and_an_autoscaler_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], replicas: str
) -> None:
    manifests = replaced(
        ("kind: StatefulSet", "kind: Deployment"),
        ("replicas: 3", replicas),
        (
            "      initContainers:",
            "      volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]\n      initContainers:",
        ),
        (BUDGET, "  minAvailable: 0\n"),
    )
    manifests += (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: db}\n"
        "spec: {scaleTargetRef: {kind: Deployment, name: db}, minReplicas: 2, maxReplicas: 9}\n"
    )
    evidence = EVIDENCE.replace("StatefulSet", "Deployment")
    assert audited(tmp_path, manifests, "--json", evidence=evidence) == 1
    (one,) = found(capsys)
    assert one["says"].startswith(f"it lets all {max(2, int(replicas[-1]))} replicas of Deployment shop/db")


@pytest.mark.parametrize(
    ("expression", "status", "says"),
    [
        ("up == 0", "open", "none of 1 alerts"),
        (SHARE.replace("0.7", "0.95"), "open", "at 95% of the quota"),
        (SHARE.replace("(", "absent("), "unknown", "cannot be read"),
        (f"{SHARE} and on() vector(0)", "unknown", "cannot be read"),
    ],
)
def test_an_alert_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expression: str, status: str, says: str
) -> None:
    assert audited(tmp_path, HARDENED, "--json", rules=expression) == 1
    (one,) = found(capsys)
    assert (one["check"], one["status"]) == ("etcd-alert", status)
    assert says in one["says"]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (SHARE, 0.7),
        (
            '(last_over_time(etcd_mvcc_db_total_size_in_bytes{job=~".*etcd.*"}[5m]) / '
            'last_over_time(etcd_server_quota_backend_bytes{job=~".*etcd.*"}[5m])) * 100 > 95',
            0.95,
        ),
        (f"max by (node) ({SIZE}) > 0.8 * max by (node) ({QUOTA})", 0.8),
        ("etcd_mvcc_db_total_size_in_bytes > etcd_server_quota_backend_bytes * .6 # early", 0.6),
        (SHARE.replace(">", "<"), None),
        (SHARE.replace("etcd_mvcc_db_total_size_in_bytes", "etcd_mvcc_db_total_size_in_use_in_bytes"), None),
    ],
)
def test_the_share_at_which_an_alert_fires(expression: str, wanted: float | None) -> None:
    assert share(expression) == wanted


@pytest.mark.parametrize(
    ("old", "new", "check", "says"),
    [
        ("2025-05-02", "2025-04-01", "backup-tested", "49 days old"),
        ("2025-05-02", "2025-06-01", "backup-tested", "in the future"),
        ("restore.json", "gone.json", "backup-tested", "cannot be read"),
        ("restore.json", "bad.json", "backup-tested", "key a is missing"),
        ("restore.json", "load.html, also: x", "", ""),
        ("passed-at: 1000", "passed-at: 600", "load-tested", "1.5 times"),
        ("load.html", "empty.html", "load-tested", "is empty"),
    ],
)
def test_evidence_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, check: str, says: str
) -> None:
    (tmp_path / "bad.json").write_text('{"wrong": ["key a is missing"]}', encoding="utf-8")
    (tmp_path / "empty.html").write_text("\n", encoding="utf-8")
    code = audited(tmp_path, HARDENED, "--json", evidence=EVIDENCE.replace(old, new))
    open_ones = found(capsys)
    assert code == bool(check)
    assert [one["check"] for one in open_ones] == [check] * bool(check)
    assert not check or says in open_ones[0]["says"]


def test_what_cannot_be_seen_is_unknown_and_no_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifests = HARDENED.split("---\n", 1)[1]
    (tmp_path / "shop.yaml").write_text(manifests, encoding="utf-8")
    assert main([str(tmp_path / "shop.yaml"), "--namespace", "shop", "--json"]) == 1
    unknown = {one["check"]: one["status"] for one in found(capsys)}
    assert unknown == dict.fromkeys(("pod-security", "etcd-alert", "backup-tested", "load-tested"), "unknown")
    skipped = [f"--skip={one}" for one in unknown]
    assert main([str(tmp_path / "shop.yaml"), "--namespace", "shop", *skipped]) == 0
    assert "0 open, 0 unknown, 4 skipped, 5 ok" in capsys.readouterr().out


def test_objects_of_other_namespaces_are_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: other}\nspec: {containers: [{name: c}]}\n"
    assert audited(tmp_path, HARDENED + other) == 0
    assert "1 objects of other namespaces were left out" in capsys.readouterr().out


def test_an_object_of_a_list_has_its_own_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = (
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n"
        "    spec:\n      containers:\n        - name: c\n"
    )
    (tmp_path / "list.yaml").write_text(listed, encoding="utf-8")
    assert main([str(tmp_path), "--namespace", "shop", "--json"]) == 1
    (one,) = [one for one in found(capsys) if one["check"] == "limits"]
    assert (one["place"], one["object"]) == (f"{tmp_path}/list.yaml:9", "Pod shop/p, container c")


KUBECTL = """\
#!/usr/bin/env bash
case "$*" in
  "get namespace shop -o json") cat "$FOLDER/namespace.json" ;;
  "get deployments,"*" --namespace shop -o json") cat "$FOLDER/items.json" ;;
  "get clusterrolebindings -o json") [[ -z "$FORBIDDEN" ]] || { echo forbidden >&2; exit 1; }; echo '{"items": []}' ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""


def pod(name: str, owner: str | None = None, phase: str = "Running") -> dict[str, Any]:
    owners = [{"kind": "ReplicaSet", "name": owner}] if owner else []
    meta = {"name": name, "namespace": "shop", "labels": {}, "ownerReferences": owners}
    spec = {"serviceAccountName": "web", "containers": [{"name": "app"}]}
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": {"phase": phase}}


@pytest.mark.parametrize(("forbidden", "status"), [("", "open"), ("yes", "unknown")])
def test_a_cluster_is_read_and_what_it_hides_is_unknown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    forbidden: str,
    status: str,
) -> None:
    replicas = {**pod("web-1"), "kind": "ReplicaSet"}
    replicas["spec"] = {"replicas": 1, "template": {"metadata": {"labels": {}}, "spec": pod("x")["spec"]}}
    items = [replicas, pod("web-1-a", "web-1"), pod("alone"), pod("done", phase="Succeeded")]
    (tmp_path / "items.json").write_text(json.dumps({"items": items}), encoding="utf-8")
    namespace = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {}}}
    (tmp_path / "namespace.json").write_text(json.dumps(namespace), encoding="utf-8")
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("FOLDER", str(tmp_path))
    monkeypatch.setenv("FORBIDDEN", forbidden)
    assert main(["--live", "--namespace", "shop", "--json"]) == 1
    findings = found(capsys)
    assert {one["object"] for one in findings if one["check"] == "limits"} == {
        "ReplicaSet shop/web-1, container app",
        "Pod shop/alone, container app",
    }
    assert {one["status"] for one in findings if one["check"] == "account-token"} == {status}
    assert {one["place"] for one in findings if one["check"] == "pod-security"} == {"cluster"}


@pytest.mark.parametrize(
    ("manifests", "arguments", "message"),
    [
        ("a: [1", (), "shop.yaml:"),
        ("a: 1", (), "no workload of namespace shop"),
        (HARDENED, ("--live",), "one of the two"),
        (replaced(("replicas: 3", "replicas: many")), (), "which is no number"),
        (replaced((BUDGET, "  maxUnavailable: some\n")), (), "shop.yaml:30: PodDisruptionBudget shop/db says 'some'"),
        (replaced(("metadata: {name: db}\nspec:\n  replicas", "spec:\n  replicas")), (), "without metadata.name"),
        (HARDENED, ("--rules", "/nowhere.yaml"), "/nowhere.yaml does not exist"),
        (HARDENED, ("--evidence", "/nowhere.yaml"), "/nowhere.yaml cannot be read"),
    ],
)
def test_bad_input_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifests: str, arguments: tuple[str, ...], message: str
) -> None:
    assert audited(tmp_path, manifests, *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "evidence",
    [
        EVIDENCE.replace("2025-05-02", "lately"),
        EVIDENCE.replace("expected-peak: 400", "expected-peak: 0"),
        EVIDENCE.replace(", report: restore.json", ""),
        "restores: []\n",
        "backups: yes\n",
    ],
)
def test_evidence_of_another_form_is_bad_input(tmp_path: Path, evidence: str) -> None:
    assert audited(tmp_path, HARDENED, evidence=evidence) == 2


def test_no_cluster_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--live", "--namespace", "shop"]) == 2
