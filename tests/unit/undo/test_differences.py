"""Verified cleanup: what differs from the snapshot is said by name; merge patches are taken back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from experiments.actions.objects import inverse
from experiments.undo.kinds import Kind
from experiments.undo.object_state import left_out, things_of
from experiments.undo.things import GOING, Snapshot, Thing, container, differences, inside

pytestmark = pytest.mark.unit


def seen(**states: str) -> Snapshot:
    """A snapshot of things without spaces in their names."""
    return Snapshot(things={name: Thing(state=state, look=f"look at {name}") for name, state in states.items()})


def words(before: Snapshot, after: Snapshot) -> list[str]:
    return [difference.text for difference in differences(before, after)]


def test_the_same_lab_has_no_differences() -> None:
    before = seen(taints="none", role="there")
    assert differences(before, before.model_copy(deep=True)) == []


def test_each_difference_is_said_by_name_with_the_command_that_shows_it() -> None:
    before, after = seen(relay="running", taints="none", role="there"), seen(taints="a=b", role="there", left="there")
    assert words(before, after) == [
        "left is new: there",
        "relay is gone: it was running",
        "taints was none, is a=b",
    ]
    assert [difference.look for difference in differences(before, after)] == [
        "look at left",
        "look at relay",
        "look at taints",
    ]


def test_what_was_going_before_may_be_gone_but_not_come_back() -> None:
    assert words(seen(volume=GOING), seen()) == []
    assert words(seen(volume=GOING), seen(volume="there")) == ["volume was being removed, is there"]
    assert words(seen(), seen(volume=GOING)) == ["volume is new: being removed"]


def test_a_frozen_node_is_one_difference_not_all_that_is_inside() -> None:
    def node(state: str, **within: str) -> Snapshot:
        things = {container("w"): Thing(state=state)} | {inside("w", k): Thing(state=v) for k, v in within.items()}
        return Snapshot(things=things | {inside("w2", "mount"): Thing(state="ext4")})

    running, frozen = node("running", service="active"), node("paused")
    assert words(running, frozen) == ["container w was running, is paused"]
    assert words(frozen, running) == ["container w was paused, is running"]
    assert words(running, node("running")) == ["on w service is gone: it was active"]


def _object(kind: str, **meta: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "one", **meta}, "spec": {"replicas": 1}, "status": {"seen": 1}}


def test_an_object_is_what_it_says_not_its_status_or_bookkeeping() -> None:
    kind, revision = Kind("Deployment", "/x"), {"deployment.kubernetes.io/revision": "7"}
    first = things_of(kind, _object("Deployment", namespace="a"), "kubectl")
    same = _object("Deployment", namespace="a", resourceVersion="9", annotations=revision) | {"status": {}}
    assert things_of(kind, same, "kubectl") == first
    assert list(first) == ["deployment a/one"]
    other = _object("Deployment", namespace="a", labels={"new": "label"})
    assert things_of(kind, other, "kubectl") != first


@pytest.mark.parametrize(
    ("kind", "item", "out"),
    [
        ("ConfigMap", _object("ConfigMap", namespace="run"), True),
        ("ConfigMap", _object("ConfigMap", namespace="other"), False),
        ("Pod", _object("Pod", namespace="other", ownerReferences=[{"controller": True}]), True),
        ("Pod", _object("Pod", namespace="other"), False),
        ("Namespace", _object("Namespace", labels={"firedrill.run": "r"}), True),
        ("ClusterRole", _object("ClusterRole", labels={"firedrill.run": "r"}), False),
    ],
)
def test_what_goes_with_a_run_or_a_controller_is_left_out(kind: str, item: dict[str, Any], out: bool) -> None:
    assert left_out(Kind(kind, "/x"), item, {"run"}) is out


def test_the_inverse_of_a_patch_restores_what_it_touched_and_nothing_else() -> None:
    before: dict[str, JsonValue] = {
        "spec": {"replicas": 2, "paused": False, "selector": {"a": "b"}},
        "metadata": {"labels": {"x": "y"}},
    }
    change: dict[str, JsonValue] = {
        "spec": {"replicas": 0, "strategy": {"type": "Recreate"}},
        "metadata": {"labels": {"x": None, "new": "1"}},
    }
    assert inverse(change, before) == {
        "spec": {"replicas": 2, "strategy": None},
        "metadata": {"labels": {"x": "y", "new": None}},
    }
