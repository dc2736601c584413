"""The kind configuration fits the host it is rendered for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.kind.config import Machine, render
from cluster.kind.shape import LAB, Shape
from cluster.victim.shape import shape

pytestmark = pytest.mark.unit


def rendered(machine: Machine, of: Shape = LAB) -> dict[str, Any]:
    whole: dict[str, Any] = yaml.safe_load(render("lab", "node:1", machine, of))
    return whole


def patch_of(whole: dict[str, Any], kind: str) -> dict[str, Any]:
    patches = [yaml.safe_load(patch) for patch in whole["kubeadmConfigPatches"]]
    return next(patch for patch in patches if patch["kind"] == kind)


def json6902(whole: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is added to one of kubeadm's configurations: path -> value."""
    (patch,) = (one["patch"] for one in whole["kubeadmConfigPatchesJSON6902"] if one["kind"] == kind)
    return {step["path"]: step["value"] for step in yaml.safe_load(patch)}


def kubelet(whole: dict[str, Any]) -> dict[str, Any]:
    return patch_of(whole, "KubeletConfiguration")


def test_three_workers_in_three_zones() -> None:
    workers = [node for node in rendered(Machine(2, 24_000, (), 1))["nodes"] if node["role"] == "worker"]
    assert [node["labels"]["topology.kubernetes.io/zone"] for node in workers] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("machine", "cpu", "memory"),
    [
        (Machine(2, 24_096, (), 1), 500, 24_096 - 4096),
        (Machine(16, 65_536, (), 1), 14_500, 65_536 - 4096),
        (Machine(1, 8_000, (), 1), 500, 8_000 - 1600),
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
    (patch,) = rendered(Machine(2, 24_000, missing, 1))["containerdConfigPatches"]
    assert f"restrict_oom_score_adj = {restricted}" in patch


@pytest.mark.parametrize(("version", "driver"), [(1, "cgroupfs"), (2, "systemd")])
def test_where_systemd_would_lose_oom_kills_it_does_not_manage_pods(version: int, driver: str) -> None:
    """Runtime and kubelet have to agree, or no pod starts."""
    whole = rendered(Machine(2, 24_000, (), version))
    assert kubelet(whole)["cgroupDriver"] == driver
    assert ("SystemdCgroup = false" in whole["containerdConfigPatches"][0]) == (driver == "cgroupfs")


def test_a_victim_has_its_own_addresses_and_the_flags_it_was_asked_for() -> None:
    machine = Machine(2, 24_000, (), 1)
    asked = shape(1, {"quota-backend-bytes": "33554432"}, {"etcd-compaction-interval": "0"})
    whole, lab = rendered(machine, asked), rendered(machine)
    assert [node["role"] for node in whole["nodes"]] == ["control-plane"]
    assert not set(whole["networking"].values()) & {lab["networking"]["podSubnet"], lab["networking"]["serviceSubnet"]}
    cluster = patch_of(whole, "ClusterConfiguration")
    etcd = {flag["name"]: flag["value"] for flag in cluster["etcd"]["local"]["extraArgs"]}
    assert etcd == {"quota-backend-bytes": "33554432", "listen-metrics-urls": "http://0.0.0.0:2381"}
    assert {"name": "etcd-compaction-interval", "value": "0"} in cluster["apiServer"]["extraArgs"]
    assert "etcd" not in patch_of(lab, "ClusterConfiguration")


@pytest.mark.parametrize(("nodes", "workers"), [(1, 0), (2, 1), (4, 3)])
def test_a_victim_has_the_nodes_it_was_asked_for(nodes: int, workers: int) -> None:
    roles = [node["role"] for node in rendered(Machine(2, 24_000, (), 1), shape(nodes, {}, {}))["nodes"]]
    assert roles == ["control-plane", *["worker"] * workers]


def test_a_flags_value_stays_one_value() -> None:
    asked = shape(1, {}, {"audit-log-path": "- }\"x': {"})
    flags = patch_of(rendered(Machine(2, 24_000, (), 1), asked), "ClusterConfiguration")["apiServer"]["extraArgs"]
    assert flags[-1] == {"name": "audit-log-path", "value": "- }\"x': {"}


def test_who_is_probed_less_often_is_named_as_kubeadm_names_it() -> None:
    node = rendered(Machine(2, 24_000, (), 1))["nodes"][0]
    (mount,) = node["extraMounts"]
    pods = {file.name: yaml.safe_load(file.read_text()) for file in Path(mount["hostPath"]).iterdir()}
    assert {f"{patch['spec']['containers'][0]['name']}+strategic.yaml" for patch in pods.values()} == set(pods)
    assert json6902(rendered(Machine(2, 24_000, (), 1)), "InitConfiguration")["/patches"] == {
        "directory": mount["containerPath"]
    }


@pytest.mark.parametrize(("nodes", "sampled"), [(1, "4s"), (4, "10s")])
def test_a_control_plane_that_takes_pods_samples_them_as_often_as_a_worker(nodes: int, sampled: str) -> None:
    whole = rendered(Machine(2, 24_000, (), 1), shape(nodes, {}, {}))
    flag = "/nodeRegistration/kubeletExtraArgs/-"
    assert json6902(whole, "InitConfiguration")[flag] == {"name": "housekeeping-interval", "value": sampled}
    assert json6902(whole, "JoinConfiguration")[flag] == {"name": "housekeeping-interval", "value": "4s"}
