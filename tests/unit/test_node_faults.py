"""Faults of nodes: what an author may write, and how a choice travels through JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from experiments.model.actions import Step
from experiments.model.nodes import NODE_CHOICE, AnyNode
from firedrill.faults import nodes

pytestmark = pytest.mark.unit

WORKER = nodes.named("worker2")


@pytest.mark.parametrize(
    "choice", [WORKER, nodes.in_zone("b"), nodes.of_role("worker"), nodes.running("app=shop", namespace="shop")]
)
def test_a_choice_survives_the_journey_through_json(choice: AnyNode) -> None:
    step = nodes.freeze(choice, limit="90s")
    arguments = json.loads(json.dumps(step.arguments))
    assert NODE_CHOICE.validate_python(arguments["where"]) == choice
    assert arguments["limit_s"] == 90 and str(choice) in step.title


@pytest.mark.parametrize("name", ["", "worker 2", "../worker", "-x", "a;reboot"])
def test_what_is_no_name_is_no_choice(name: str) -> None:
    for make in (nodes.named, nodes.in_zone, nodes.of_role):
        with pytest.raises(ValidationError):
            make(name)


@pytest.mark.parametrize("limit", ["1s", "16m", 0, "soon"])
def test_a_limit_is_neither_too_short_nor_endless(limit: str) -> None:
    with pytest.raises(ValueError, match=r"limit|duration"):
        nodes.cordon(WORKER, limit=limit)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/mnt",
        "/etc/x",
        "/var/lib/kubelet",
        "/mnt/../etc",
        "/mnt//x",
        "mnt/x",
        "/mnt/x/",
        "/mnt/a b",
        "/mnt/$(x)",
        "/mntx/y",
    ],
)
def test_only_folders_that_a_node_can_do_without_are_filled(path: str) -> None:
    with pytest.raises(ValueError, match="cannot be filled"):
        nodes.fill(WORKER, path)


@pytest.mark.parametrize(
    ("size", "leave"), [("1025Mi", "0Mi"), ("2Gi", "0Mi"), ("8Mi", "0Mi"), ("64Mi", "33Mi"), ("64M", "0Mi")]
)
def test_volumes_stay_small_and_get_full(size: str, leave: str) -> None:
    with pytest.raises(ValueError, match=r"volume|size in whole MiB"):
        nodes.fill(WORKER, "/mnt/data", size=size, leave=leave)


def test_the_file_that_fills_stays_in_its_folder() -> None:
    assert nodes.fill(WORKER, "/mnt/data", file="core.1234").arguments["file"] == "core.1234"
    for file in ("../x", "a/b", ".hidden", "", "x y"):
        with pytest.raises(ValueError, match="name of the file"):
            nodes.disk_pressure(WORKER, file=file)


def test_pressure_that_could_not_show_is_refused() -> None:
    refusals: list[Callable[[], Step]] = [
        lambda: nodes.disk_pressure(WORKER, size="200Mi", leave="20Mi"),
        lambda: nodes.disk_pressure(WORKER, size="100Mi", leave="5Mi"),
        lambda: nodes.memory_pressure(WORKER, leave="100Mi"),
        lambda: nodes.memory_pressure(WORKER, leave="5Mi"),
        lambda: nodes.use_memory(WORKER, "6Gi"),
        lambda: nodes.use_memory(WORKER, "0Mi"),
        lambda: nodes.use_cpu(WORKER, 0),
    ]
    for refused in refusals:
        with pytest.raises(ValueError):
            refused()


@pytest.mark.parametrize(
    "key", ["node.kubernetes.io/not-ready", "node-role.kubernetes.io/x", "k8s.io/x", "a b", "/x", "x/"]
)
def test_taints_of_the_cluster_are_its_own(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be the key"):
        nodes.taint(WORKER, key, "NoSchedule")


def test_a_taint_is_said_as_kubectl_does() -> None:
    assert (
        nodes.taint(WORKER, "example.com/x", "NoExecute", value="y").title
        == "taint worker2 with example.com/x=y:NoExecute"
    )
    with pytest.raises(ValueError, match="value"):
        nodes.taint(WORKER, "x", "NoExecute", value="a b")
