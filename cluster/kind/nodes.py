"""The node containers of the lab's cluster, as the engine sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import docker

from cluster.errors import NotOurLab
from cluster.kind import network
from cluster.lab import LABEL_KIND, Lab

WORKERS = 3


def expected(lab: Lab) -> list[str]:
    """Names of all nodes that the lab's cluster has."""
    numbers = ("", *(str(number) for number in range(2, WORKERS + 1)))
    return [lab.control_plane, *(f"{lab.name}-worker{number}" for number in numbers)]


@dataclass(frozen=True)
class Machines:
    """What stands of the cluster.

    Args:
        states: node → state of its container (`running`, `exited`, `paused`, …).
        network: whether the lab's network stands.
    """

    states: dict[str, str]
    network: bool

    def broken(self, lab: Lab) -> list[str]:
        """What keeps this from being a whole, running cluster, one line each; empty if nothing does."""
        wanted = expected(lab)
        lines = [f"{name} is missing" for name in wanted if name not in self.states]
        lines += [f"{name} is {state}" for name, state in self.states.items() if state != "running"]
        lines += [f"{name} is one node too many" for name in self.states if name not in wanted]
        return lines


def look(lab: Lab) -> Machines:
    """Looks at the engine; changes nothing.

    Raises:
        NotOurLab: a cluster or network of the lab's name belongs to another checkout.
    """
    client = docker.from_env()
    try:
        ours = network.find(lab, client)
        containers = client.containers.list(all=True, filters={"label": f"{LABEL_KIND}={lab.name}"})
        for container in containers:
            _refuse_strangers(lab, container)
        return Machines({container.name: container.status for container in containers}, ours is not None)
    finally:
        client.close()


def start(lab: Lab) -> None:
    """Starts stopped nodes and resumes paused ones.

    Raises:
        NotOurLab: see `look`.
    """
    states = look(lab).states
    client = docker.from_env(timeout=120)
    try:
        for name, state in states.items():
            container = client.containers.get(name)
            if state == "paused":
                container.unpause()
            elif state != "running":
                container.start()
    finally:
        client.close()


def _refuse_strangers(lab: Lab, container: Any) -> None:
    networks = container.attrs["NetworkSettings"]["Networks"]
    if lab.network not in networks:
        raise NotOurLab(
            f"there is a kind cluster {lab.name} that this checkout did not make (networks: {', '.join(networks)})",
            "choose another name for this checkout's lab: export FIREDRILL_NAME=<name>",
        )
