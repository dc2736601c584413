"""The system's manifests, read as files: what every container must say, and lists that have to agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("cluster/system", "fixtures/pager", "fixtures/watchtower")
#: the provisioner of volumes serves nothing that a probe could ask
WITHOUT_PROBE = {"local-path-provisioner"}


def objects() -> Iterator[dict[str, Any]]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.yaml")):
            yield from (found for found in yaml.safe_load_all(file.read_text(encoding="utf-8")) if "kind" in found)


def containers() -> list[Any]:
    """Every container of a Deployment or DaemonSet; patches, which have none, left out."""
    listed = []
    for found in objects():
        if found["kind"] in ("Deployment", "DaemonSet") and "selector" in found.get("spec", {}):
            for container in found["spec"]["template"]["spec"]["containers"]:
                listed.append(pytest.param(container, id=container["name"]))
    return listed


def test_there_is_something_to_look_at() -> None:
    assert len(containers()) == 7


@pytest.mark.parametrize("container", containers())
def test_a_container_is_bounded_and_has_no_rights(container: dict[str, Any]) -> None:
    assert container["image"] == f"firedrill/{container['name']}", "the tag is added when it is applied"
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    rights = container["securityContext"]
    assert rights["runAsNonRoot"] is True
    assert rights["readOnlyRootFilesystem"] is True
    assert rights["allowPrivilegeEscalation"] is False
    assert rights["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("container", containers())
def test_a_container_is_ready_soon_and_asked_seldom(container: dict[str, Any]) -> None:
    if container["name"] in WITHOUT_PROBE:
        assert not [key for key in container if key.endswith("Probe")]
        return
    assert container["startupProbe"]["periodSeconds"] == 1, "ready soon"
    assert container["readinessProbe"]["periodSeconds"] >= 10, "an idle lab costs next to nothing"


def test_kube_state_metrics_may_read_what_it_is_told_to() -> None:
    everything = list(objects())
    role = next(f for f in everything if f["kind"] == "ClusterRole" and f["metadata"]["name"].endswith("state-metrics"))
    allowed = {resource for rule in role["rules"] for resource in rule["resources"]}
    deployment = next(
        f for f in everything if f["kind"] == "Deployment" and f["metadata"]["name"] == "kube-state-metrics"
    )
    arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    told = next(a.removeprefix("--resources=") for a in arguments if a.startswith("--resources="))
    assert set(told.split(",")) == allowed


def test_every_alertmanager_finds_the_pager_where_its_service_is() -> None:
    everything = list(objects())
    service = next(f for f in everything if f["kind"] == "Service" and f["metadata"]["name"] == "pager")
    deployment = next(f for f in everything if f["kind"] == "Deployment" and f["metadata"]["name"] == "alertmanager")
    aliases = deployment["spec"]["template"]["spec"]["hostAliases"]
    assert aliases == [{"ip": service["spec"]["clusterIP"], "hostnames": ["pager.firedrill-system"]}]
    config = yaml.safe_load((ROOT / "fixtures/watchtower/alertmanager.yml").read_text(encoding="utf-8"))
    for receiver in config["receivers"]:
        for webhook in receiver["webhook_configs"]:
            assert webhook["url"] == f"http://pager.firedrill-system:8080/notify/{receiver['name']}"
            assert webhook["send_resolved"] is True
