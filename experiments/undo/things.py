"""What a snapshot holds, and how two of them differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cluster.lab import Lab

GOING = "being removed"
"""The state of a thing that is on its way out already: that it is gone later is no difference."""

RUNNING = "running"


class Thing(BaseModel):
    """One thing of the lab: the state it is in, and the command that shows it to a person in the checkout."""

    model_config = ConfigDict(frozen=True)
    state: str
    look: str = ""


Things = dict[str, Thing]


class Snapshot(BaseModel):
    """The lab outside the namespaces of runs: what each thing is called -> its state."""

    things: Things


@dataclass(frozen=True)
class Difference:
    """One difference in words, and the command that shows it."""

    text: str
    look: str

    def __str__(self) -> str:
        """The words."""
        return self.text


def kubectl(lab: Lab) -> str:
    """The lab's kubectl with its kubeconfig, as a person types it in the checkout."""
    return f"{lab.binaries.relative_to(lab.root)}/kubectl --kubeconfig {lab.kubeconfig.relative_to(lab.root)}"


def inside(node: str, what: str) -> str:
    """The name of a thing inside a node, where only a running node can be asked."""
    return f"on {node} {what}"


def container(name: str) -> str:
    """The name of a container, whose state says whether what is inside can be asked."""
    return f"container {name}"


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """Every difference by name, sorted; empty where the lab is as it was.

    What is inside a node that was frozen or stopped in one of the two is not known there; the node's own state is the
    difference then.
    """
    unknown = tuple(
        inside(name.removeprefix(container("")), "")
        for things in (before.things, after.things)
        for name, thing in things.items()
        if name.startswith(container("")) and thing.state != RUNNING
    )
    found = []
    for name in sorted(before.things.keys() | after.things.keys()):
        if not name.startswith(unknown):
            found += _difference(name, before.things, after.things)
    return found


def _difference(name: str, before: Mapping[str, Thing], after: Mapping[str, Thing]) -> list[Difference]:
    was, now = before.get(name), after.get(name)
    if was is None and now is not None:
        return [Difference(f"{name} is new: {now.state}", now.look)]
    if was is not None and now is None:
        return [] if was.state == GOING else [Difference(f"{name} is gone: it was {was.state}", was.look)]
    if was is not None and now is not None and was.state != now.state:
        return [Difference(f"{name} was {was.state}, is {now.state}", now.look)]
    return []
