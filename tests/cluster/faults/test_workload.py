"""Faults of workloads: what they do, and that the undo takes it back."""

from __future__ import annotations

import json

import pytest

from firedrill.faults import objects
from tests.cluster.faults.open_run import OpenRun

pytestmark = pytest.mark.cluster


def test_a_patch_outside_the_run_is_taken_back(run: OpenRun) -> None:
    run.strike(objects.patch("deployment/coredns", {"spec": {"replicas": 2}}, namespace="kube-system"))
    assert _replicas(run) == 2
    assert run.undo().undone
    assert _replicas(run) != 2


def _replicas(run: OpenRun) -> int:
    found = run.handle.kubectl("get", "deployment/coredns", "-n", "kube-system", "-o", "json")
    replicas: int = json.loads(found)["spec"]["replicas"]
    return replicas
