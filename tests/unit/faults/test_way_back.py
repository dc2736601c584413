"""What a fault changes outside the run's namespaces is promised back first, unless it goes away with the run."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import JsonValue

from experiments.actions import whole_objects
from experiments.play import session as sessions
from experiments.play.played import Configuration
from experiments.play.session import Session
from tests.unit.judge.recorded import SCENARIO

pytestmark = pytest.mark.unit

ROLE: dict[str, JsonValue] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "metrics"},
}
OWN: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "telemetry"}}
OTHER: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}


@pytest.mark.parametrize(
    ("manifest", "brought", "promised"),
    [
        (ROLE, set(), ["put ClusterRole.v1.rbac.authorization.k8s.io/metrics back"]),
        (ROLE, {"ClusterRole/metrics"}, []),
        (ROLE, {"ClusterRoleBinding/metrics"}, ["put ClusterRole.v1.rbac.authorization.k8s.io/metrics back"]),
        (OWN, set(), []),
        (OTHER, {"Namespace/telemetry"}, ["put Namespace/default back"]),
    ],
)
def test_an_object_that_goes_with_the_run_needs_no_way_back(
    manifest: dict[str, JsonValue], brought: set[str], promised: list[str]
) -> None:
    said: list[str] = []

    def kubectl(*arguments: str, stdin: str = "", timeout_s: float = 0) -> str:
        said.append(arguments[0])
        return json.dumps(manifest) if arguments[0] == "get" else ""

    def promise(activity: dict[str, JsonValue]) -> None:
        said.append(str(activity["name"]))

    scenario = SCENARIO.model_copy(update={"namespaces": ("telemetry",)})
    open_run = SimpleNamespace(
        folder=SimpleNamespace(path="way-back"),
        file=SimpleNamespace(scenario=scenario),
        images={},
        handle=SimpleNamespace(kubectl=kubectl),
        journal=SimpleNamespace(promise=promise),
        brought=brought,
    )
    configuration: Configuration = {}
    sessions.register(configuration, cast(Session, open_run))
    whole_objects.apply("", manifest, configuration)
    sessions.forget(cast(Session, open_run))
    assert said == [*(["get"] if promised else []), *promised, "apply"]
