"""Where the two sides of a partition are, at the moment it strikes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from ipaddress import IPv4Network
from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.actions.node_choice import ZONE
from experiments.kube_api import TIMEOUT_S, core
from experiments.model.sides import Nodes, Pods, Side, Zones


@dataclass(frozen=True)
class Ground:
    """What one side is on the wire.

    Args:
        ranges: its addresses: of each pod, or of each node and of the pods there.
        nodes: whole names of the nodes that its packets arrive at.
    """

    ranges: frozenset[IPv4Network]
    nodes: frozenset[str]


def ground(handle: Handle, side: Side) -> Ground:
    """Find a side.

    Raises:
        LabError: nothing of it is there; the message says what is.
    """
    return _ground(side, handle)


def refuse_overlap(one: Ground, other: Ground) -> None:
    """Refuse two sides that share an address: a node and a pod on it are one side.

    Raises:
        LabError: they do; the message says where.
    """
    shared = sorted(f"{a} and {b}" for a in one.ranges for b in other.ranges if a.overlaps(b))
    if shared:
        raise LabError(f"The two sides of the partition overlap: {', '.join(shared)}.", "Choose sides that are apart.")


@singledispatch
def _ground(side: object, handle: Handle) -> Ground:
    raise TypeError(f"no way to find {type(side).__name__}")


@_ground.register
def _(side: Pods, handle: Handle) -> Ground:
    listed = core(handle).list_namespaced_pod(side.namespace, label_selector=side.selector, _request_timeout=TIMEOUT_S)
    running = [p for p in listed.items if p.status.pod_ip and p.status.phase not in ("Succeeded", "Failed")]
    if not running:
        raise LabError(f"There are no {str(side).removeprefix('the ')}, or none has an address.", "Look at its pods.")
    if on_node := [p.metadata.name for p in running if p.spec.host_network]:
        raise LabError(f"{', '.join(on_node)} has its node's address; take the node as a side.")
    return Ground(
        frozenset(IPv4Network(p.status.pod_ip) for p in running), frozenset(p.spec.node_name for p in running)
    )


@_ground.register
def _(side: Nodes, handle: Handle) -> Ground:
    nodes = _nodes(handle)
    whole = [name if name in nodes else f"{handle.lab.name}-{name}" for name in side.names]
    if missing := [name for name in whole if name not in nodes]:
        raise LabError(f"There is no node {', '.join(missing)}; the nodes are {', '.join(sorted(nodes))}.")
    return _of_nodes([nodes[name] for name in whole])


@_ground.register
def _(side: Zones, handle: Handle) -> Ground:
    nodes = _nodes(handle)
    there = {str(node.metadata.labels[ZONE]) for node in nodes.values() if ZONE in node.metadata.labels}
    if missing := set(side.names) - there:
        raise LabError(f"No node is in zone {', '.join(sorted(missing))}; the zones are {', '.join(sorted(there))}.")
    return _of_nodes([node for node in nodes.values() if node.metadata.labels.get(ZONE) in side.names])


def _nodes(handle: Handle) -> dict[str, Any]:
    return {node.metadata.name: node for node in core(handle).list_node(_request_timeout=TIMEOUT_S).items}


def _of_nodes(nodes: list[Any]) -> Ground:
    own = {IPv4Network(a.address) for node in nodes for a in node.status.addresses if a.type == "InternalIP"}
    pods = {IPv4Network(node.spec.pod_cidr) for node in nodes}
    return Ground(frozenset(own | pods), frozenset(str(node.metadata.name) for node in nodes))
