"""Removes the throw-away cluster, whole or half, whoever made it."""

from __future__ import annotations

import shutil
from typing import Any

import docker
from docker.errors import APIError

from cluster.deadline import Deadline
from cluster.errors import CleanupFailed, CommandFailed
from cluster.kind import create, nodes
from cluster.kind.containers import remove_containers
from cluster.lab import LABEL_CHECKOUT, LABEL_KIND, LABEL_VICTIM, Lab
from cluster.process import run

_KIND_S = 120.0
_GONE_S = 60.0
#: what kind asked of the engine before it was killed may still appear; a whole cluster is looked at once
_QUIET_LOOKS = 4


def remove(lab: Lab) -> bool:
    """Removes a lab's throw-away cluster: nodes, their volumes and loop devices, helpers beside them, state.

    A kind that still makes the cluster, because who started it was killed, is waited for.

    Args:
        lab: the lab that the cluster stands beside.

    Returns:
        Whether there was anything to remove.

    Raises:
        NotOurLab: a cluster of that name is not this checkout's; nothing was touched.
        CleanupFailed: something could not be removed; the message names it.
    """
    victim = lab.victim()
    seen = nodes.look(victim).states
    if not seen and not victim.state.exists():
        return False
    whole = victim.identity.exists()
    _await_kind(victim)
    client = docker.from_env(timeout=120)
    try:
        _remove_machines(victim, client, 1 if whole else _QUIET_LOOKS)
        for volume in client.volumes.list(filters={"label": _ours(victim)}):
            volume.remove(force=True)
    except APIError as failure:
        raise CleanupFailed(f"the engine would not remove {victim.name}: {failure}", "firedrill heal") from failure
    finally:
        client.close()
    shutil.rmtree(victim.state)
    return True


def _await_kind(victim: Lab) -> None:
    victim.state.mkdir(parents=True, exist_ok=True)
    try:
        run(["flock", "--timeout", f"{_KIND_S:.0f}", create.making(victim), "true"], timeout_s=_KIND_S + 10)
    except CommandFailed as late:
        raise CleanupFailed(
            f"kind was still making {victim.name} after {_KIND_S:.0f} s", "end the process `kind create cluster`"
        ) from late


def _remove_machines(victim: Lab, client: Any, looks: int) -> None:
    limit, quiet = Deadline(_GONE_S), 0
    while True:
        nodes.look(victim)  # refuses strangers before anything is touched
        labels = ([f"{LABEL_KIND}={victim.name}"], _ours(victim))
        found = [one for label in labels for one in client.containers.list(all=True, filters={"label": label})]
        attached = remove_containers(found)
        quiet = 0 if found or attached else quiet + 1
        if quiet >= looks:
            return
        if limit.passed():
            left = ", ".join([one.name for one in found] + attached)
            raise CleanupFailed(f"still there after removing {victim.name}: {left}", "firedrill heal")
        limit.pause()


def _ours(victim: Lab) -> list[str]:
    return [f"{LABEL_VICTIM}={victim.name}", f"{LABEL_CHECKOUT}={victim.root}"]
