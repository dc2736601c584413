"""A real tool in front of a real cluster: what it refuses does not get there, what it lets through does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import JsonValue

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.model.actions import Step
from tests.cluster.faults.open_run import NAMESPACE, OpenRun, open_run

pytestmark = pytest.mark.cluster

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "payment", "annotations": {"prometheus.io/scrape": "true"}},
    "spec": {"selector": {"app": "payment"}, "ports": [{"port": 8080}]},
}
MONITORING: dict[str, JsonValue] = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": f"{NAMESPACE}-monitoring"}}
}


def policy(*peers: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "allow-internal-traffic"},
        "spec": {
            "podSelector": {"matchLabels": {"app": "payment"}},
            "ingress": [{"from": list(peers), "ports": [{"port": 8080}]}],
        },
    }


def submitted(run: OpenRun, manifest: dict[str, JsonValue]) -> dict[str, Any]:
    arguments: list[JsonValue] = [
        "--live",
        "--from",
        f"{NAMESPACE}-monitoring",
        "--target",
        f"{NAMESPACE}/payment:8080",
    ]
    run.strike(
        Step(
            title="the gate is shown a policy",
            module="experiments.actions.gate",
            function="submit",
            arguments={
                "tool": "validate-network-policy",
                "arguments": [*arguments, "{change}"],
                "change": [{"namespace": NAMESPACE, "manifest": manifest}],
            },
        )
    )
    gates = [event.detail for event in run.session.folder.events() if "gate" in event.detail]
    return dict(gates[-1])


def policies(run: OpenRun) -> list[str]:
    found = json.loads(run.room.kubectl("get", "networkpolicies", "-o", "json"))
    return [one["metadata"]["name"] for one in found["items"]]


def test_the_gate_refuses_and_lets_through(lab: Lab, handle: Handle) -> None:
    with open_run(lab, handle) as run:
        pod = run.room.pod("payment-0", "sleep 300", ports=[{"containerPort": 8080}])
        pod["metadata"]["labels"] = {"app": "payment"}
        run.room.apply(SERVICE, pod)
        refused = submitted(run, policy({"podSelector": {}}))
        assert (refused["exit_code"], refused["changed"]) == (1, [])
        assert f"not to namespace {NAMESPACE}-monitoring" in refused["output"]
        assert policies(run) == []
        passed = submitted(run, policy({"podSelector": {}}, MONITORING))
        assert passed["exit_code"] == 0
        assert len(passed["changed"]) == 1
        assert policies(run) == ["allow-internal-traffic"]
