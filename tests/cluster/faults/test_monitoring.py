"""Faults of observability: what an engineer sees of each at the run's own Prometheus, and that it can be taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cluster import manifests
from experiments.play import deploy
from experiments.waiting import Seen, eventually
from firedrill.faults import monitoring
from tests.cluster.faults.monitored import MONITORING, monitor
from tests.cluster.faults.open_run import NAMESPACE, OpenRun

pytestmark = pytest.mark.nightly

UP = 'max by () (up{job="redis"})'


def redis(run: OpenRun) -> list[dict[str, Any]]:
    """A Redis with its exporter: a target with a port `metrics`, and users who must not notice anything."""
    rendered = manifests.render(run.handle.lab, run.handle.lab.root / "fixtures" / "redis")
    return [one | {"metadata": one["metadata"] | {"namespace": NAMESPACE}} for one in rendered]


def release(run: OpenRun) -> None:
    """The Redis as it is meant to be."""
    run.handle.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=manifests.to_yaml(redis(run)))
    deploy.wait_ready(run.handle, [NAMESPACE], 60)


def test_a_scrape_breaks_in_three_ways_and_users_notice_none(run: OpenRun) -> None:
    release(run)
    lab = monitor(run)
    lab.until(UP, 1)
    run.strike(monitoring.wrong_path("redis", namespace=NAMESPACE, path="/metricz"))
    lab.fails("redis", "start token")  # its exporter has a page of HTML for every other path
    run.strike(monitoring.wrong_port("redis", namespace=NAMESPACE))
    lab.fails("redis", "connection refused")
    run.strike(monitoring.undiscovered("redis", namespace=NAMESPACE))
    lab.until(UP, None)
    assert run.room.kubectl("exec", "deployment/redis", "-c", "redis", "--", "redis-cli", "ping").strip() == "PONG"
    run.room.kubectl("rollout", "undo", "deployment/redis", "--to-revision=1")  # as whoever released it would
    lab.until(UP, 1)


def test_a_policy_keeps_prometheus_alone_away(run: OpenRun) -> None:
    release(run)
    lab = monitor(run)
    lab.until(UP, 1)
    run.strike(monitoring.blocked(namespace=NAMESPACE, labels={"app.kubernetes.io/name": "redis"}))
    lab.fails("redis", "deadline exceeded")
    user = run.room.pod("user", "exec 3<>/dev/tcp/redis/6379; echo PING >&3; read -r said <&3; echo $said")
    assert "PONG" in run.room.output_of(user)
    run.room.kubectl("delete", "networkpolicy", "internal-traffic")
    lab.until(UP, 1)


def test_series_and_queries_weigh_on_prometheus_and_end(run: OpenRun) -> None:
    lab = monitor(run)
    before = lab.metric("prometheus_tsdb_head_series")
    run.strike(monitoring.many_series(3000, churn="2s", namespace=NAMESPACE))
    lab.until('scrape_samples_scraped{job="accounts"}', 3000)
    eventually(
        lambda: Seen(True if (now := lab.metric("prometheus_tsdb_head_series")) > before + 9000 else None, str(now)),
        what="three generations of series",
        within_s=30,
    )
    run.strike(monitoring.heavy_queries(clients=4, lasts="4s", namespace=NAMESPACE))
    eventually(
        lambda: Seen(True if (now := lab.metric("prometheus_engine_queries")) >= 2 else None, f"{now:g} at once"),
        what="queries are evaluated side by side",
        within_s=30,
    )

    def ended() -> Seen[bool]:
        status = json.loads(run.room.kubectl("get", "job/dashboards", "-o", "json"))["status"]
        return Seen(True if status.get("succeeded") else None, str(status))

    eventually(ended, what="the clients end by themselves", within_s=60)
    run.room.kubectl("delete", "deployment/accounts")
    lab.until('count(up{job="accounts"})', None)


def test_a_bad_file_is_refused_by_a_reload_and_fatal_to_a_restart(run: OpenRun) -> None:
    lab = monitor(run)
    good, bad = "evaluation_interval: 1s", "evaluation_interval: soon"
    run.strike(monitoring.reload("prometheus.yml", bad, instead_of=good))
    assert lab.metric("prometheus_config_last_reload_successful") == 0
    lab.until("sum(vector(1))", 1)  # the old one stays in force, and it answers
    run.strike(monitoring.reload("prometheus.yml", good, instead_of=bad))
    assert lab.metric("prometheus_config_last_reload_successful") == 1
    run.strike(monitoring.reload("alertmanager.yml", "\nroute: none\n"))
    assert lab.metric("alertmanager_config_last_reload_successful", "alertmanager", 9093) == 0
    run.strike(monitoring.restart("rules.yaml", "\n  - name: [\n"))

    def crashed() -> Seen[str]:
        listed = run.handle.kubectl(
            "get", "pods", "-n", MONITORING, "-l", "app.kubernetes.io/name=prometheus", "-o", "json"
        )
        states = [
            status for pod in json.loads(listed)["items"] for status in pod["status"].get("containerStatuses", [])
        ]
        ends = [status.get("lastState", {}).get("terminated") or status["state"].get("terminated") for status in states]
        return Seen("crashed" if any(end and end["exitCode"] == 1 for end in ends) else None, str(states))

    eventually(crashed, what="Prometheus does not come up again", within_s=30)
