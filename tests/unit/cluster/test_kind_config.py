"""The kind configuration fits the host it is rendered for."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cluster.kind.config import Machine, render

pytestmark = pytest.mark.unit


def rendered(machine: Machine) -> dict[str, Any]:
    whole: dict[str, Any] = yaml.safe_load(render("lab", "node:1", machine))
    return whole


def kubelet(whole: dict[str, Any]) -> dict[str, Any]:
    patches = [yaml.safe_load(patch) for patch in whole["kubeadmConfigPatches"]]
    return next(patch for patch in patches if patch["kind"] == "KubeletConfiguration")


def test_three_workers_in_three_zones() -> None:
    workers = [node for node in rendered(Machine(2, 24_000, ()))["nodes"] if node["role"] == "worker"]
    assert [node["labels"]["topology.kubernetes.io/zone"] for node in workers] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("machine", "cpu", "memory"),
    [
        (Machine(2, 24_096, ()), 500, 24_096 - 4096),
        (Machine(16, 65_536, ()), 14_500, 65_536 - 4096),
        (Machine(1, 8_000, ()), 500, 8_000 - 1600),
    ],
)
def test_pods_get_less_than_the_host(machine: Machine, cpu: int, memory: int) -> None:
    settings = kubelet(rendered(machine))
    assert settings["systemReserved"]["cpu"] == f"{cpu}m"
    # The hard eviction threshold is taken from allocatable memory besides.
    assert settings["systemReserved"]["memory"] == f"{memory - 100}Mi"
    assert settings["evictionHard"]["memory.available"] == "100Mi"


@pytest.mark.parametrize(("missing", "restricted"), [((24,), "true"), ((), "false"), ((12,), "false")])
def test_oom_scores_are_restricted_only_without_cap_sys_resource(missing: tuple[int, ...], restricted: str) -> None:
    (patch,) = rendered(Machine(2, 24_000, missing))["containerdConfigPatches"]
    assert f"restrict_oom_score_adj = {restricted}" in patch
