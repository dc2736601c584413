"""Which node a fault strikes: by name, zone, role, or by what runs on it; the real name is found when it strikes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from experiments.model.base import Frozen

LARGEST_VOLUME_MIB = 1024
"""What a volume of a fault may take of the host's disk if every block of it is written."""

LARGEST_MEMORY_MIB = 5 * 1024
"""What a fault may hold of the host's memory: all that a node's pods may use (4 GiB), and some."""

Label = Annotated[str, Field(pattern=r"^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$")]
"""What Kubernetes accepts as a label's value, and as the name of a namespace or node."""


class NamedNode(Frozen):
    """The node of that name without the lab's prefix: `worker2`."""

    kind: Literal["named"] = "named"
    name: Label

    def __str__(self) -> str:
        return self.name


class ZoneNode(Frozen):
    """The first node by name of a zone (`topology.kubernetes.io/zone`)."""

    kind: Literal["zone"] = "zone"
    zone: Label

    def __str__(self) -> str:
        return f"a node of zone {self.zone}"


class RoleNode(Frozen):
    """The first node by name of a role: `worker`, `control-plane`, or any `node-role.kubernetes.io/ROLE`."""

    kind: Literal["role"] = "role"
    role: Label

    def __str__(self) -> str:
        return f"a {self.role} node"


class PodNode(Frozen):
    """The node that runs most of the pods that a selector matches; the first by name of several."""

    kind: Literal["pod"] = "pod"
    namespace: Label
    selector: Annotated[str, Field(min_length=1)]

    def __str__(self) -> str:
        return f"the node of {self.selector} in {self.namespace}"


AnyNode = NamedNode | ZoneNode | RoleNode | PodNode
NODE_CHOICE: TypeAdapter[AnyNode] = TypeAdapter(Annotated[AnyNode, Field(discriminator="kind")])
"""Reads a choice from the JSON of a step's arguments."""
