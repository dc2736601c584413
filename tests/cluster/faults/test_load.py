"""Faults of load: the clients' rate as they send it, before and after."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from chaoslib.exceptions import ActivityFailed

from experiments.model.actions import Step
from firedrill.faults import load
from fixtures.traffic import TrafficSpec, render
from tests.cluster.faults import victims
from tests.cluster.faults.open_run import NAMESPACE, OpenRun
from tests.cluster.workshop import eventually

pytestmark = pytest.mark.nightly

WINDOW_S = 2.0


def test_load_steps_ramps_bursts_and_stops(run: OpenRun) -> None:
    victims.apply(run, [*_target(), *render(TrafficSpec(NAMESPACE, rps=10, target="target:8080"))])
    eventually(lambda: _near(_sent(run), 10))

    run.strike(load.step(50, namespace=NAMESPACE))
    assert _near(_sent(run), 50)
    run.strike(load.burst(120, lasts="5s", namespace=NAMESPACE))
    assert _near(_sent(run), 120)
    eventually(lambda: _near(_sent(run), 50))

    run.strike(load.ramp(10, over="4s", namespace=NAMESPACE))
    assert 10 < _planned(run) < 50, "on its way"
    eventually(lambda: _planned(run) == 10)
    assert _near(_sent(run), 10)
    run.strike(load.stop(namespace=NAMESPACE))
    assert _sent(run) == 0


def test_more_than_the_lab_bears_is_refused_where_it_is_sent_too(run: OpenRun) -> None:
    victims.apply(run, render(TrafficSpec(NAMESPACE, rps=1, target="target:8080")))
    too_much = load.step(1000, namespace=NAMESPACE)
    forged = Step(**{**too_much.model_dump(), "arguments": {**too_much.arguments, "rps": 5000}})
    with pytest.raises(ActivityFailed, match="the lab sends 0 to 1000"):
        run.strike(forged)
    with pytest.raises(ActivityFailed, match="not a namespace of this run"):
        run.strike(load.step(5))
    assert _planned(run) == 1


def _samples(run: OpenRun) -> dict[str, float]:
    """The generator's samples without labels, by name."""
    (pod,) = victims.pods(run, "locust")
    address = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod['metadata']['name']}:9646/proxy/metrics"
    text = run.handle.kubectl("get", "--raw", address)
    return {name: float(value) for name, value in re.findall(r"^([a-z_]+) (\S+)$", text, re.MULTILINE)}


def _sent(run: OpenRun) -> float:
    """Requests a second that were sent within a window; all that were due have to have been."""
    before, began = _samples(run), time.monotonic()
    time.sleep(WINDOW_S)
    after, window = _samples(run), time.monotonic() - began
    sent, due = (
        after[name] - before[name] for name in ("traffic_requests_sent_total", "traffic_requests_offered_total")
    )
    assert sent >= 0.9 * due - 2
    return sent / window


def _near(rate: float, wanted: float) -> bool:
    """Within what chance does to Poisson arrivals in a window: four standard deviations and a little."""
    deviation: float = (wanted / WINDOW_S) ** 0.5
    return abs(rate - wanted) <= 4 * deviation + 0.05 * wanted


def _planned(run: OpenRun) -> float:
    return _samples(run)["traffic_planned_rps"]


def _target() -> list[dict[str, Any]]:
    """Something that answers: Python's own HTTP server."""
    labels = {"app.kubernetes.io/name": "target"}
    server = {
        "name": "target",
        "image": "firedrill/locust",
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-m", "http.server", "8080", "--directory", "/mnt"],
    }
    template = {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [server]}}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "target", "namespace": NAMESPACE},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "target", "namespace": NAMESPACE},
            "spec": {"selector": labels, "ports": [{"port": 8080}]},
        },
    ]
