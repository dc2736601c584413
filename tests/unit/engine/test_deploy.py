"""What a run deploys beyond plain objects: labels of its namespaces, kinds of its own, pods on every node."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from experiments.play.definitions import apart, served
from experiments.play.deploy import spread
from experiments.play.rendering import namespaces

pytestmark = pytest.mark.unit

PRIVILEGED = {"pod-security.kubernetes.io/enforce": "privileged"}
NAMESPACE = {"kind": "Namespace", "metadata": {"name": "telemetry", "labels": PRIVILEGED}}
DEFINITION = {
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.org"},
    "spec": {
        "group": "example.org",
        "names": {"plural": "widgets"},
        "versions": [{"name": "v1", "served": True}, {"name": "v1beta1", "served": False}],
    },
}


def test_a_systems_namespace_keeps_its_labels_and_gets_the_runs() -> None:
    first, second = namespaces("run-1", ["telemetry", "shop"], brought=[NAMESPACE, DEFINITION])
    assert first["metadata"]["labels"] == {**PRIVILEGED, "firedrill.run": "run-1"}
    assert second["metadata"] == {"name": "shop", "labels": {"firedrill.run": "run-1"}}


def test_no_system_takes_the_runs_label_away() -> None:
    stolen = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"firedrill.run": "another"}}}
    (made,) = namespaces("run-1", ["shop"], ["10.0.0.1"], [stolen])
    assert made["metadata"]["labels"] == {"firedrill.run": "run-1"}
    assert made["metadata"]["annotations"] == {"firedrill.network/further-destinations": "10.0.0.1/32"}


def test_definitions_come_before_what_they_define() -> None:
    widget = {"kind": "Widget", "metadata": {"name": "w"}}
    assert apart([widget, DEFINITION]) == ([DEFINITION], [widget])
    assert served(DEFINITION) == ["widgets.v1.example.org"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"observed_generation": 1}, "its change was not seen yet"),
        ({"desired_number_scheduled": 4, "updated_number_scheduled": 3, "number_available": 4}, "3 of 4 updated"),
        ({"desired_number_scheduled": 4, "updated_number_scheduled": 4, "number_available": 0}, "0 of 4 available"),
        ({"desired_number_scheduled": 4, "updated_number_scheduled": 4, "number_available": 4}, ""),
    ],
)
def test_a_daemon_set_is_ready_on_every_node_or_says_what_it_waits_for(status: dict[str, Any], state: str) -> None:
    fields = {"desired_number_scheduled": None, "updated_number_scheduled": None, "number_available": None}
    told = SimpleNamespace(**{"observed_generation": 2, **fields, **status})
    assert spread(SimpleNamespace(metadata=SimpleNamespace(generation=2), status=told)) == state
