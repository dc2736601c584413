"""The ground on the real cluster: its nodes, the guard's refusals, a node that falls silent and comes back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from cluster import ready
from cluster.errors import NotOurLab
from cluster.guard import Handle, open_handle
from cluster.images.build import existing
from cluster.images.load import held, missing
from cluster.images.tags import references
from cluster.kind import nodes
from cluster.lab import Lab
from cluster.process import run
from cluster.progress import Progress
from cluster.status import status
from cluster.up import up

pytestmark = pytest.mark.cluster


def test_three_workers_in_three_zones_with_less_than_the_host(handle: Handle) -> None:
    listed = {node["metadata"]["name"]: node for node in handle.get("/api/v1/nodes")["items"]}
    assert sorted(listed) == sorted(nodes.expected(handle.lab))
    workers = [node for name, node in listed.items() if name != handle.lab.control_plane]
    assert sorted(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in workers) == ["a", "b", "c"]
    for node in workers:
        capacity, pods = node["status"]["capacity"], node["status"]["allocatable"]
        assert int(pods["memory"].removesuffix("Ki")) < int(capacity["memory"].removesuffix("Ki")) // 2
        assert pods["cpu"] != capacity["cpu"]


def test_every_image_is_at_hand_the_hosts_own_too(handle: Handle) -> None:
    assert set(references(handle.lab.root).values()) <= existing()


def test_a_packs_own_image_is_built_and_reaches_every_node(handle: Handle, tmp_path: Path) -> None:
    folder = tmp_path / "some_incident" / "system" / "image"
    folder.mkdir(parents=True)
    (folder / "image.toml").write_text('name = "pack-of-a-test"\nbase = "debian"\n', encoding="utf-8")
    (folder / "Dockerfile").write_text(f"ARG BASE\nFROM $BASE\nRUN echo {tmp_path.name} >/note\n", encoding="utf-8")
    name = references(handle.lab.root, [tmp_path])["firedrill/pack-of-a-test"]
    try:
        up(handle.lab, Progress(handle.lab.logs), [tmp_path])
        assert all(missing(held(node), [name]) == [] for node in handle.nodes())
    finally:
        for node in handle.nodes():
            loaded = [full for full in held(node) if full.endswith(f"/{name}")]
            run(["docker", "exec", node, "ctr", "-n", "k8s.io", "images", "rm", *loaded])
        run(["docker", "rmi", name])


def test_a_lab_that_is_up_is_left_alone(handle: Handle) -> None:
    progress = Progress(handle.lab.logs)
    up(handle.lab, progress)
    assert progress.took == {}
    assert status(handle.lab).up


def altered(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **cluster: str) -> None:
    """Makes the lab's kubeconfig a changed copy."""
    whole = yaml.safe_load(lab.kubeconfig.read_text(encoding="utf-8"))
    whole["clusters"][0]["cluster"].update(cluster)
    copy = tmp_path / "kubeconfig"
    copy.write_text(yaml.safe_dump(whole), encoding="utf-8")
    monkeypatch.setattr(Lab, "kubeconfig", property(lambda _: copy))


def test_another_server_is_refused(handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(handle.lab, tmp_path, monkeypatch, server="https://127.0.0.1:1")
    with pytest.raises(NotOurLab, match="points to port 1"):
        open_handle(handle.lab)


def test_another_authority_is_refused(handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(handle.lab, tmp_path, monkeypatch, **{"certificate-authority-data": "YW5vdGhlcg=="})
    with pytest.raises(NotOurLab, match="another certificate authority"):
        open_handle(handle.lab)


def test_a_stale_identity_is_refused(handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "identity"
    stale.write_text("of-yesterday", encoding="utf-8")
    monkeypatch.setattr(Lab, "identity", property(lambda _: stale))
    with pytest.raises(NotOurLab, match="of-yesterday"):
        open_handle(handle.lab)


def test_another_checkout_is_refused(handle: Handle, tmp_path: Path) -> None:
    theirs = Lab(handle.lab.name, tmp_path, handle.lab.cache)
    with pytest.raises(NotOurLab, match="FIREDRILL_NAME"):
        nodes.look(theirs)
    with pytest.raises(NotOurLab, match="FIREDRILL_NAME"):
        up(theirs, Progress(tmp_path / "logs"))
    assert not theirs.state.exists()


def still_ready(handle: Handle, name: str) -> list[str]:
    """What is waited for while a node is Ready; empty once it is not."""
    silent = any(line.startswith(f"{name}:") for line in ready.nodes_not_ready(handle))
    return [] if silent else [f"{name} is Ready"]


def test_a_silent_node_is_not_ready_within_its_grace_and_comes_back(handle: Handle) -> None:
    name = nodes.expected(handle.lab)[-1]
    container = handle.node(name)
    container.pause()
    try:
        begun = time.monotonic()
        ready.await_empty(f"{name} NotReady", lambda: still_ready(handle, name), 60)
        silent_s = time.monotonic() - begun
    finally:
        container.unpause()
    # Grace of 12 s after the last lease, which was up to 3 s old, and a monitor that looks every 2 s; the rest is load.
    assert 5 < silent_s < 40
    ready.await_empty("all nodes Ready again", lambda: ready.nodes_not_ready(handle), 60)
