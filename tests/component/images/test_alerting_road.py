"""From a rule in Prometheus over Alertmanager to the pager: the watchtower's own configuration, in real containers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers, address, eventually, text

pytestmark = pytest.mark.component

WATCHTOWER = Path(__file__).resolve().parents[3] / "fixtures" / "watchtower"
#: the cluster's API, where the configuration looks for Alertmanager, is not here
STATIC = {"alertmanagers": [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]}


@pytest.fixture(scope="module")
def pager(containers: Containers) -> Iterator[str]:
    """Address of the pager."""
    with containers.start("pager", ports=[8080], alias="pager.firedrill-system", writable=["/var/lib/pager"]) as it:
        eventually(lambda: text(address(it, 8080) + "/healthz"))
        yield address(it, 8080)


@pytest.fixture(scope="module")
def alertmanager(containers: Containers, pager: str) -> Iterator[str]:
    """Address of an Alertmanager that routes as the watchtower's does."""
    config = {WATCHTOWER / "alertmanager.yml": "/etc/alertmanager/alertmanager.yml"}
    with containers.start("alertmanager", ports=[9093], files=config, writable=["/alertmanager"]) as it:
        eventually(lambda: text(address(it, 9093) + "/-/ready"))
        yield address(it, 9093)


@pytest.fixture(scope="module")
def prometheus(
    containers: Containers, alertmanager: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DockerContainer]:
    """A Prometheus with the watchtower's clocks and rules."""
    config = yaml.safe_load((WATCHTOWER / "prometheus.yml").read_text(encoding="utf-8"))
    config["alerting"], config["scrape_configs"] = STATIC, []
    file = tmp_path_factory.mktemp("prometheus") / "prometheus.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    files = {file: "/etc/prometheus/prometheus.yml", WATCHTOWER / "rules.yaml": "/etc/prometheus/rules.yaml"}
    with containers.start("prometheus", ports=[9090], command=arguments(), files=files, writable=["/prometheus"]) as it:
        eventually(lambda: text(address(it, 9090) + "/-/ready"))
        yield it


def arguments() -> list[str]:
    """Prometheus' arguments in the cluster."""
    objects = yaml.safe_load_all((WATCHTOWER / "prometheus.yaml").read_text(encoding="utf-8"))
    deployment = next(found for found in objects if found["kind"] == "Deployment")
    listed: list[str] = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    return listed


def notifications(pager: str, **query: str) -> list[dict[str, Any]]:
    """What the pager has."""
    listed: list[dict[str, Any]] = httpx.get(f"{pager}/notifications", params=query).json()["notifications"]
    return listed


def statuses(pager: str, run: str) -> list[str]:
    """`firing` and `resolved` of a run's notifications, in the order in which they arrived."""
    return [found["payload"]["status"] for found in notifications(pager, run=run)]


def test_promtool_and_amtool_are_where_their_servers_are(prometheus: DockerContainer) -> None:
    code, output = prometheus.exec(["promtool", "query", "instant", "http://localhost:9090", "vector(42)"])
    assert code == 0, output
    assert b"42" in output


def test_an_alert_of_a_run_arrives_firing_and_resolved(alertmanager: str, pager: str) -> None:
    alert = {"labels": {"alertname": "PoolExhausted", "run": "r-42"}}
    posted = httpx.post(f"{alertmanager}/api/v2/alerts", json=[alert])
    assert posted.status_code == 200, posted.text
    eventually(lambda: statuses(pager, "r-42") == ["firing"])
    httpx.post(f"{alertmanager}/api/v2/alerts", json=[{**alert, "endsAt": "2020-01-01T00:00:00Z"}])
    eventually(lambda: statuses(pager, "r-42") == ["firing", "resolved"])
    assert {n["receiver"] for n in notifications(pager, run="r-42")} == {"watchtower"}
    assert statuses(pager, "r-43") == []


def test_the_pager_counts(pager: str, alertmanager: str) -> None:
    body = json.dumps({"version": "4", "alerts": [{"labels": {"alertname": "A"}}]})
    assert httpx.post(f"{pager}/notify/counted", content=body).status_code == 200
    assert 'pager_notifications_received_total{receiver="counted"} 1' in text(f"{pager}/metrics")


def test_the_watchdog_arrives_again_and_again(prometheus: DockerContainer, pager: str) -> None:
    """The last one here: it rings while the others go on."""

    def rung() -> list[dict[str, Any]]:
        return [n for n in notifications(pager) if n["receiver"] == "watchdog"]

    first, second, *_ = eventually(lambda: rung()[1:] and rung(), within_s=60)
    labels = {"alertname": "Watchdog", "prometheus": "watchtower", "severity": "none"}
    assert first["payload"]["commonLabels"] == labels
    assert 5 <= second["at"] - first["at"] <= 20
