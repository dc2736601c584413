"""Faults of workloads and objects: what they do, and that the undo takes it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chaoslib.exceptions import ActivityFailed
from pydantic import JsonValue

from cluster.guard import Handle
from experiments.actions.node_commands import at_once
from firedrill.faults import config, objects, pods
from tests.cluster.faults import victims
from tests.cluster.faults.open_run import NAMESPACE, OpenRun
from tests.cluster.workshop import Workshop, eventually

pytestmark = pytest.mark.nightly

OUTSIDE = "default"
APP = "app.kubernetes.io/name=toxiproxy"


def test_a_patch_outside_the_run_is_taken_back(run: OpenRun) -> None:
    before = _replicas(run)
    run.strike(objects.patch("deployment/coredns", {"spec": {"replicas": before + 1}}, namespace="kube-system"))
    assert _replicas(run) == before + 1
    assert run.undo().undone
    assert _replicas(run) == before


def _replicas(run: OpenRun) -> int:
    found = run.handle.kubectl("get", "deployment/coredns", "-n", "kube-system", "-o", "json")
    replicas: int = json.loads(found)["spec"]["replicas"]
    return replicas


@pytest.fixture
def outside(handle: Handle) -> Iterator[Workshop]:
    """A Service and a ConfigMap that are none of the run's."""
    place = Workshop(handle, OUTSIDE)
    labels = {"firedrill-test": "outside"}
    place.apply(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "outside", "labels": labels, "annotations": {"note": "costs $5, ${x}"}},
            "spec": {"selector": {"app": "none"}, "ports": [{"port": 80, "targetPort": 8080}]},
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "outside", "labels": labels},
            "data": {"price": "$5", "kept": "yes"},
        },
    )
    yield place
    place.kubectl("delete", "service,configmap", "-l", "firedrill-test=outside", "--wait=false")


def _written(place: Workshop, kind: str) -> dict[str, Any]:
    """An object without what the API server sets."""
    found = place.get(kind, "outside")
    server = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
    found["metadata"] = {key: value for key, value in found["metadata"].items() if key not in server}
    return found


def _is_there(place: Workshop, resource: str) -> bool:
    return bool(place.kubectl("get", resource, "--ignore-not-found", "-o", "name").strip())


def test_what_is_deleted_outside_the_run_comes_back_exactly(run: OpenRun, outside: Workshop) -> None:
    before = _written(outside, "service")
    run.strike(objects.delete("service/outside", namespace=OUTSIDE))
    assert not _is_there(outside, "service/outside")
    assert run.undo().undone
    assert _written(outside, "service") == before, "the cluster address included"


def test_what_a_runbook_made_again_otherwise_is_put_back_all_the_same(run: OpenRun, outside: Workshop) -> None:
    before = _written(outside, "configmap")
    run.strike(objects.delete("configmap/outside", namespace=OUTSIDE))
    outside.kubectl("create", "configmap", "outside", "--from-literal=price=0")
    run.undo()
    assert _written(outside, "configmap") == before


def test_what_is_applied_outside_the_run_is_taken_back(run: OpenRun, outside: Workshop) -> None:
    before = _written(outside, "configmap")
    changed: dict[str, JsonValue] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "outside"},
        "data": {"price": "$50"},
    }
    made: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made"}, "data": {}}
    run.strike(objects.apply(changed, namespace=OUTSIDE))
    run.strike(objects.apply(made, namespace=OUTSIDE))
    assert outside.get("configmap", "outside")["data"]["price"] == "$50"
    assert _is_there(outside, "configmap/made")
    assert len(run.undo().undone) == 2
    assert _written(outside, "configmap") == before
    eventually(lambda: not _is_there(outside, "configmap/made"))


def test_what_no_undo_brings_back_is_not_deleted(run: OpenRun) -> None:
    for resource in (f"namespace/{OUTSIDE}", f"node/{run.handle.lab.control_plane}"):
        with pytest.raises(ActivityFailed, match="no undo brings back"):
            run.strike(objects.delete(resource))
    with pytest.raises(ActivityFailed, match="guards the lab"):
        run.strike(objects.delete("configmap/identity", namespace="firedrill-system"))
    assert not run.undo().undone


def test_pods_are_killed_scaled_and_rolled_out(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/toxiproxy")
    first = victims.pods(run, "toxiproxy")[0]["metadata"]["name"]
    run.strike(pods.kill(NAMESPACE, APP))
    assert first not in [one["metadata"]["name"] for one in victims.pods(run, "toxiproxy")]

    run.strike(objects.scale("deployment/toxiproxy", 0, namespace=NAMESPACE))
    eventually(lambda: not victims.pods(run, "toxiproxy"))
    run.strike(objects.scale("deployment/toxiproxy", 1, namespace=NAMESPACE))
    run.strike(config.roll_out(NAMESPACE, "toxiproxy", LOG_LEVEL="debug"))
    (pod,) = victims.pods(run, "toxiproxy")
    assert {"name": "LOG_LEVEL", "value": "debug"} in pod["spec"]["containers"][0]["env"]

    run.strike(objects.delete("service/toxiproxy", namespace=NAMESPACE))
    assert not _is_there(run.room, "service/toxiproxy")
    assert not run.undo().undone, "what vanishes with the run needs no undo"


def test_pods_are_killed_later_unless_the_run_is_over_before(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/toxiproxy")
    first = victims.pods(run, "toxiproxy")[0]["metadata"]["name"]
    keeper = run.handle.lab.control_plane
    run.strike(pods.kill(NAMESPACE, APP, after="10m"))
    assert "firedrill-kill-" in _timers(run, keeper)
    with pytest.raises(ActivityFailed, match="this fault stands"):
        run.strike(pods.kill(NAMESPACE, APP, after="10m"))
    run.undo()
    assert "firedrill-kill-" not in _timers(run, keeper)
    assert first in [one["metadata"]["name"] for one in victims.pods(run, "toxiproxy")]

    run.strike(pods.kill(NAMESPACE, APP, after="1s"))
    eventually(lambda: first not in [one["metadata"]["name"] for one in victims.pods(run, "toxiproxy")])
    run.undo()


def _timers(run: OpenRun, keeper: str) -> str:
    return at_once(run.handle, keeper, "systemctl list-units --all --plain --no-legend --type=timer 'firedrill-*'")
