"""Verified cleanup: what differs from the snapshot is said by name; merge patches are taken back."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from experiments.actions.objects import inverse
from experiments.undo.snapshot import Snapshot, differences

pytestmark = pytest.mark.unit

BEFORE = Snapshot(things={"node worker taints": "none", "clusterrole view": "there", "container relay": "running"})


def test_the_same_lab_has_no_differences() -> None:
    assert differences(BEFORE, BEFORE.model_copy(deep=True)) == []


def test_each_difference_is_said_by_name() -> None:
    after = Snapshot(
        things={"node worker taints": "a=b:NoSchedule", "clusterrole view": "there", "namespace left": "there"}
    )
    assert differences(BEFORE, after) == [
        "container relay is gone: it was running",
        "namespace left is new: there",
        "node worker taints was none, is a=b:NoSchedule",
    ]


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
