"""Kinds of its own that a system brings: they have to be served before an object of theirs can be applied."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.errors import CommandFailed
from cluster.guard import Handle
from cluster.manifests import Manifest
from experiments.waiting import Seen, eventually

SERVED_WITHIN_S = 30.0
"""From the definition to the kind's first answer; a second on a quiet lab."""


def apart(objects: Iterable[Manifest]) -> tuple[list[Manifest], list[Manifest]]:
    """The CustomResourceDefinitions among the objects, and all others, each in their order."""
    kinds: list[Manifest] = []
    rest: list[Manifest] = []
    for one in objects:
        (kinds if one["kind"] == "CustomResourceDefinition" else rest).append(one)
    return kinds, rest


def served(definition: Manifest) -> list[str]:
    """The resources that a definition serves, as kubectl takes them: `exporterconfigs.v1.telemetry.example.com`."""
    spec = definition["spec"]
    return [f"{spec['names']['plural']}.{v['name']}.{spec['group']}" for v in spec["versions"] if v["served"]]


def wait_served(handle: Handle, kinds: list[Manifest]) -> None:
    """Wait until kubectl can list objects of these kinds, in every version that they serve.

    Raises:
        ConditionTimedOut: one is not served in time; the message is what kubectl said.
    """
    every = ",".join(resource for definition in kinds for resource in served(definition))

    def look() -> Seen[bool]:
        try:
            handle.kubectl("get", every, "--all-namespaces", timeout_s=20)
        except CommandFailed as error:
            return Seen(None, error.happened)
        return Seen(True, "served")

    eventually(look, what="the system's own kinds are served", within_s=SERVED_WITHIN_S)
