"""What a set of NetworkPolicies allows (networking.k8s.io/v1): policies that select a pod add up, none means open."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.validate_network_policy.objects import Manifest, Pods, World
from tools.validate_network_policy.selectors import matches


@dataclass(frozen=True)
class Answer:
    """Whether one end's policies let the connection through, and which policies were asked."""

    allowed: bool
    direction: str
    by: tuple[str, ...]
    why: str


def decide(world: World, direction: str, own: Pods, peer: Pods, target: Pods, port: int, protocol: str) -> Answer:
    """Ask the policies of one end.

    Args:
        world: all objects.
        direction: `ingress` (own is reached) or `egress` (own reaches out).
        own: whose policies are asked.
        peer: the other end.
        target: the end that listens, whose named ports count.
        port: number it listens on.
        protocol: TCP, UDP or SCTP.
    """
    if own.host_network:
        return Answer(True, direction, (), "the pods use their node's network, which no policy is about")
    asked = [one for one in world.policies if _selects(one, own, direction)]
    names = tuple(f"{one['metadata']['namespace']}/{one['metadata']['name']}" for one in asked)
    if not asked:
        return Answer(True, direction, (), f"no policy selects the pods for {direction}")
    key = "from" if direction == "ingress" else "to"
    reasons: list[str] = []
    for one, name in zip(asked, names, strict=True):
        for rule in (one.get("spec") or {}).get(direction) or []:
            peers, ports = rule.get(key) or [], rule.get("ports") or []
            meets = not peers or any(_peer(world, one, entry, peer) for entry in peers)
            opens = not ports or any(_port(entry, target, port, protocol) for entry in ports)
            if meets and opens:
                return Answer(True, direction, (name,), f"{name} allows it")
            if meets:
                reasons.append(f"{name} admits the peer, but not port {port}")
            elif opens:
                reasons.append(f"{name} opens port {port}, but not to {peer.owner}")
    nothing = f"{', '.join(names)} {'select' if len(names) > 1 else 'selects'} the pods and no rule admits"
    return Answer(False, direction, names, "; ".join(dict.fromkeys(reasons)) or f"{nothing} {peer.owner}")


def _selects(policy: Manifest, pods: Pods, direction: str) -> bool:
    spec = policy.get("spec") or {}
    kinds = [str(kind).lower() for kind in spec.get("policyTypes") or []]
    applies = direction in kinds if kinds else direction == "ingress" or bool(spec.get("egress"))
    here = policy["metadata"]["namespace"] == pods.namespace
    return applies and here and matches(spec.get("podSelector"), pods.labels)


def _peer(world: World, policy: Manifest, entry: Mapping[str, Any], peer: Pods) -> bool:
    if "ipBlock" in entry:
        return bool(peer.addresses) and all(_within(entry["ipBlock"], cidr) for cidr in peer.addresses)
    if not entry or not ({"podSelector", "namespaceSelector"} & entry.keys()):
        raise BadInput(
            f"NetworkPolicy {policy['metadata']['name']}: a peer without podSelector, namespaceSelector or ipBlock"
        )
    if not peer.namespace:
        return False  # an address outside the cluster, which no selector is about
    if "namespaceSelector" in entry:
        if not matches(entry["namespaceSelector"], world.namespace_labels(peer.namespace)):
            return False
    elif peer.namespace != policy["metadata"]["namespace"]:
        return False
    return "podSelector" not in entry or matches(entry["podSelector"], peer.labels)


def _within(block: Mapping[str, Any], cidr: str) -> bool:
    """Whether every address of `cidr` is in the block and none in its exceptions."""
    try:
        own, outer = ipaddress.ip_network(cidr), ipaddress.ip_network(block["cidr"], strict=False)
        holes = [ipaddress.ip_network(hole, strict=False) for hole in block.get("except") or []]
    except (KeyError, ValueError) as error:
        raise BadInput(f"an ipBlock that is none: {error}") from error
    if own.version != outer.version:
        return False
    return own.subnet_of(outer) and not any(own.overlaps(hole) for hole in holes)  # type: ignore[arg-type]


def _port(entry: Mapping[str, Any], target: Pods, port: int, protocol: str) -> bool:
    if entry.get("protocol", "TCP") != protocol:
        return False
    wanted = entry.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str) and not wanted.isdigit():
        return target.ports.get((wanted, protocol)) == port
    return int(wanted) <= port <= int(entry.get("endPort", wanted))
