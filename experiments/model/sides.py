"""A side of a partition, or a peer of a policy: pods, nodes or zones; addresses are found when a fault strikes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from experiments.model.base import Frozen
from experiments.model.nodes import Label


class Pods(Frozen):
    """The pods of a namespace that a selector matches; all of them if it is empty."""

    kind: Literal["pods"] = "pods"
    namespace: Label
    selector: str

    def __str__(self) -> str:
        return f"the pods {self.selector} in {self.namespace}" if self.selector else f"the pods in {self.namespace}"


class Nodes(Frozen):
    """Nodes by their names without the lab's prefix (`worker2`), with all pods that run there, now or later."""

    kind: Literal["nodes"] = "nodes"
    names: Annotated[tuple[Label, ...], Field(min_length=1)]

    def __str__(self) -> str:
        return ", ".join(self.names)


class Zones(Frozen):
    """All nodes of zones (`topology.kubernetes.io/zone`), with all pods that run there, now or later."""

    kind: Literal["zones"] = "zones"
    names: Annotated[tuple[Label, ...], Field(min_length=1)]

    def __str__(self) -> str:
        return f"zone {', '.join(self.names)}"


Side = Pods | Nodes | Zones
SIDE: TypeAdapter[Side] = TypeAdapter(Annotated[Side, Field(discriminator="kind")])
"""Reads a side from the JSON of a step's arguments."""
