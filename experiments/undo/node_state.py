"""The state inside a node that no Kubernetes object shows: services, files, mounts, routes, firewall, processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cluster.errors import CommandFailed, LabError
from cluster.guard import Handle
from cluster.lab import LABEL_KIND
from cluster.process import run
from experiments.undo.things import RUNNING, Thing, Things, inside

_LOOK = Path(__file__).with_name("node_look.sh")
_TIMEOUT_S = 15.0
"""The look takes a third of a second; a node that is frozen in its middle answers when it is thawed."""


def node_state(handle: Handle) -> Things:
    """What is inside every node that runs; see `node_look.sh`.

    A node that is frozen or stopped cannot be asked and is passed over: its container's state says so.

    Raises:
        LabError: a running node could not be asked.
    """
    names = running_nodes(handle)
    script = _LOOK.read_text(encoding="utf-8")
    with ThreadPoolExecutor(max(1, len(names))) as pool:
        parts = list(pool.map(lambda name: _look(handle, name, script), names))
    return {name: thing for part in parts for name, thing in part.items()}


def running_nodes(handle: Handle) -> list[str]:
    """Names of the nodes that are neither frozen nor stopped."""
    nodes = handle.docker.api.containers(filters={"label": f"{LABEL_KIND}={handle.lab.name}"})
    return [one["Names"][0].removeprefix("/") for one in nodes if one["State"] == RUNNING]


def _look(handle: Handle, name: str, script: str) -> Things:
    try:
        # A process of its own, not the engine's client: that one would wait for ever on a node frozen meanwhile.
        answer = run(["docker", "exec", name, "bash", "-euo", "pipefail", "-c", script], timeout_s=_TIMEOUT_S)
    except CommandFailed as failure:
        if name not in running_nodes(handle):
            return {}
        raise LabError(f"Node {name} could not be asked for its state: {failure.happened}", "make status") from failure
    found: dict[str, list[str]] = {}
    for line in answer.splitlines():
        what, command, state = line.split("\t", 2)
        found.setdefault(f"{what}\t{command}", []).append(state)
    return {
        inside(name, what): Thing(state=" and ".join(sorted(states)), look=f"docker exec {name} {command}")
        for key, states in found.items()
        for what, command in [key.split("\t", 1)]
    }
