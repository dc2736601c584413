"""A run with a cluster of its own: played, interrupted and killed; whatever happens, nothing of the cluster is left."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest

from cluster.errors import NotOurLab
from cluster.guard import Handle, open_handle
from cluster.lab import LABEL_KIND, Lab
from cluster.status import status
from experiments.catalogue import ScenarioFolder
from experiments.judge import judge
from experiments.play.folder import runs
from experiments.play.runner import run
from experiments.record.kinds import RunKind, Verdict
from experiments.undo import namespaces
from experiments.undo.heal import heal
from experiments.waiting import Seen, eventually
from tests.cluster.apart import play_apart, reaches

pytestmark = pytest.mark.nightly

FULL_ETCD = ScenarioFolder(Path(__file__).with_name("engine_pack") / "full_etcd")


def standing(handle: Handle) -> list[str]:
    """Everything of the victim that stands now: containers with their volumes, networks, files."""
    victim = handle.lab.victim()
    labels = {"label": f"{LABEL_KIND}={victim.name}"}
    containers = handle.docker.containers.list(all=True, filters=labels, ignore_removed=True)
    volumes = [mount["Name"] for one in containers for mount in one.attrs["Mounts"] if mount["Type"] == "volume"]
    networks = [one.name for one in handle.docker.networks.list() if victim.name in one.name]
    return [
        *(one.name for one in containers),
        *volumes,
        *networks,
        *([str(victim.state)] if victim.state.exists() else []),
    ]


def gone(handle: Handle, stood: list[str]) -> bool:
    """Whether nothing of the victim stands, nor a volume that stood."""
    volumes = {one.name for one in handle.docker.volumes.list()}
    owed = list((handle.lab.state / "undo").glob("*"))
    return not (standing(handle) or volumes & set(stood) or owed or namespaces.of_runs(handle))


def nodes_stand(handle: Handle) -> list[str]:
    """What stands as soon as kind has made a node, and is far from having made a cluster."""

    def look() -> Seen[list[str]]:
        stood = standing(handle)
        return Seen(stood if handle.lab.victim().control_plane in stood else None, ", ".join(stood))

    return eventually(look, what="kind has made a node", within_s=60)


def test_an_incident_passes_and_leaves_nothing(lab: Lab, handle: Handle) -> None:
    verdict = judge(run(lab, FULL_ETCD, RunKind.INCIDENT))
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]
    assert gone(handle, [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ended_while_kind_makes_the_cluster(lab: Lab, handle: Handle, number: signal.Signals) -> None:
    before = set(runs(lab).glob("*"))
    playing = play_apart(lab, FULL_ETCD)
    stood = nodes_stand(handle)
    playing.send_signal(number)
    playing.wait(timeout=120)
    if number is signal.SIGKILL:
        assert heal(lab).undone == [f"remove the cluster {lab.victim().name}"]
    else:
        folder = reaches(lab, FULL_ETCD, before, "phase")
        assert judge(folder).verdict is Verdict.INTERRUPTED
    assert gone(handle, stood), standing(handle)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ended_while_etcd_is_full(lab: Lab, handle: Handle, number: signal.Signals) -> None:
    before = set(runs(lab).glob("*"))
    playing = play_apart(lab, FULL_ETCD)
    folder = reaches(lab, FULL_ETCD, before, "inject")
    stood = standing(handle)
    assert status(lab).victim == {lab.victim().control_plane: "running"}
    with closing(open_handle(lab.victim())) as victim, pytest.raises(NotOurLab, match="no node of the kind cluster"):
        victim.node(lab.control_plane)
    playing.send_signal(number)
    playing.wait(timeout=120)
    if number is signal.SIGKILL:
        assert f"remove the cluster {lab.victim().name}" in heal(lab).undone
    else:
        assert judge(folder).verdict is Verdict.INTERRUPTED
    assert gone(handle, stood), standing(handle)
