"""What a run's Prometheus and Alertmanager are configured with, read by their own checkers."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.images.build import ensure
from cluster.lab import Lab
from cluster.progress import Progress
from fixtures.observability import Inhibition, ObservabilitySpec, render
from fixtures.observability.alertmanager_config import alertmanager_config

pytestmark = pytest.mark.component

LAB = Lab.of_checkout(Path(__file__).resolve().parents[2])
FOLDER = "/tmp/etc"  # noqa: S108 - inside the container
SPEC = ObservabilitySpec(
    namespace="shop-monitoring",
    watched=("shop", "shop-clients"),
    run="r1",
    rules=(LAB.root / "scenarios/cache_stampede/rules.yaml").read_text(),
    cadvisor=("container_memory_working_set_bytes",),
    inhibitions=(Inhibition(('severity="critical"',), ('severity="warning"',), ("namespace",)),),
)


def data(name: str) -> dict[str, str]:
    found: list[dict[str, Any]] = [one for one in render(SPEC) if one["kind"] == "ConfigMap"]
    files: dict[str, str] = next(one["data"] for one in found if one["metadata"]["name"] == name)
    return files


def inside(image: str, files: dict[str, str], command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in a container of a lab image, beside `files`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    reference = ensure(LAB, [image], Progress(LAB.logs))[image]
    labels = [part for key, value in LAB.labels.items() for part in ("--label", f"{key}={value}")]
    run = ["docker", "run", "--rm", "-i", *labels, "--network", "none", "--tmpfs", f"{FOLDER}:mode=1777"]
    done = subprocess.run(
        [*run, "--entrypoint", "sh", reference, "-c", f"cd {FOLDER} && tar -xf - && {command}"],
        input=packed.getvalue(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_promtool_accepts_the_configuration_and_both_rule_files() -> None:
    # The token's file exists in a pod alone, the other files at their place in one.
    moved = {
        name: text.replace("/var/run/secrets", FOLDER).replace("/etc/prometheus", FOLDER)
        for name, text in data("prometheus").items()
    }
    token = {"kubernetes.io/serviceaccount/token": "token"}
    checked = inside("prometheus", moved | token, "promtool check config prometheus.yml")
    assert checked.returncode == 0, checked.stderr + checked.stdout
    assert "SUCCESS: 5 rules found" in checked.stdout
    assert "SUCCESS: 1 rules found" in checked.stdout


def test_promtool_refuses_a_broken_rule() -> None:
    files = {"rules.yaml": "groups: [{name: x, rules: [{alert: A, expr: 'sum('}]}]"}
    checked = inside("prometheus", files, "promtool check rules rules.yaml")
    assert checked.returncode == 1
    assert "could not parse expression" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=DbPoolNearlyExhausted team=database", "database-oncall"),
        ("alertname=LatencyAnomalyDetected team=shop", "shop-oncall"),
        ("alertname=Watchdog severity=none", "watchdog"),
        ("alertname=Unowned", "oncall"),
    ],
)
def test_alertmanager_routes_each_alert_to_its_owner(labels: str, receiver: str) -> None:
    command = (
        f"amtool check-config alertmanager.yml >&2 && amtool config routes test --config.file=alertmanager.yml {labels}"
    )
    routed = inside("alertmanager", data("alertmanager"), command)
    assert (routed.returncode, routed.stdout.strip()) == (0, receiver), routed.stderr


def test_the_configuration_is_what_the_pod_gets() -> None:
    assert yaml.safe_load(data("alertmanager")["alertmanager.yml"]) == alertmanager_config(SPEC)
