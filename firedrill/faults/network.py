"""Connections that fail: `network.deny("shop", "app=shop")`, `network.partition(zones("a"), zones("b"))`.

A side of a partition is pods, nodes or zones. Pods are those that run when it strikes: one that is replaced is not cut.
A node or zone is the node's own traffic and that of all its pods, also of those that come later. The control plane
belongs to no zone, so its API, its proxy to pods, DNS and pages are cut only where `nodes("control-plane")` is a side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from cluster.guard import NAMESPACE
from experiments.model.actions import Step
from experiments.model.base import seconds
from experiments.model.sides import Nodes, Pods, Side, Zones

_MODULE = "experiments.actions.network"
_LABEL = re.compile(r"(?P<key>[A-Za-z0-9./_-]+)==?(?P<value>[A-Za-z0-9._-]*)")

LIMIT = "5m"
SHORTEST_S, LONGEST_S = 5.0, 900.0


def pods(namespace: str, selector: str = "") -> Pods:
    """The pods of a namespace that a selector matches, as kubectl writes it: `app=shop`; all of them if it is empty."""
    return Pods(namespace=namespace, selector=selector)


def nodes(*names: str) -> Nodes:
    """Nodes by their names without the lab's prefix: `worker2`, `control-plane`."""
    return Nodes(names=names)


def zones(*names: str) -> Zones:
    """All nodes of zones; the lab's workers are in `a`, `b` and `c`."""
    return Zones(names=names)


def deny(
    namespace: str,
    selector: str = "",
    *,
    incoming: bool = True,
    outgoing: bool = True,
    but: Sequence[Pods] = (),
    name: str = "platform-baseline",
) -> Step:
    """Create a NetworkPolicy that isolates pods, as a platform team rolls one out; open connections are cut, too.

    Args:
        namespace: where; outside the scenario's own namespaces the undo deletes the policy.
        selector: labels of the pods, `app=shop,tier=web`; all pods if it is empty.
        incoming: nobody reaches them, but their own nodes.
        outgoing: they reach nobody, DNS included.
        but: pods that are let in and reached still; their selectors are labels, too.
        name: the policy's name, which the on-call sees.

    Raises:
        ValueError: no direction is named, a selector is more than labels, or the namespace is the lab's own.
    """
    directions: list[JsonValue] = [*(["Ingress"] if incoming else []), *(["Egress"] if outgoing else [])]
    if not directions:
        raise ValueError("a policy that denies neither what comes in nor what goes out denies nothing")
    if namespace == NAMESPACE:
        raise ValueError(f"{namespace} holds what measures the incident; no fault strikes there")
    peers: list[JsonValue] = [{"namespace": peer.namespace, "labels": labels(peer.selector)} for peer in but]
    return Step(
        title=f"apply the policy {name} to {pods(namespace, selector)}",
        module=_MODULE,
        function="deny",
        arguments={
            "namespace": namespace,
            "name": name,
            "labels": labels(selector),
            "directions": directions,
            "peers": peers,
        },
    )


def partition(
    one: Side, other: Side, *, one_way: bool = False, limit: str | float = LIMIT, lasts: str | float | None = None
) -> Step:
    """Lose the packets between two sides, open connections' too; whoever waits for an answer waits until it gives up.

    Args:
        one: a side: `pods(…)`, `nodes(…)` or `zones(…)`.
        other: the other side; nothing may belong to both.
        one_way: lose only what `one` sends to `other`. What `other` sends still arrives, but no TCP connection lives
            without answers.
        limit: after this the nodes drop the rules by themselves; choose one that outlasts the run.
        lasts: the partition ends after this, as the story has it; then there is no other limit.

    Raises:
        ValueError: the sides are the same, or the limit is not 5s to 15m.
    """
    ends = limit if lasts is None else lasts
    ends_s = seconds(ends)
    if not SHORTEST_S <= ends_s <= LONGEST_S:
        raise ValueError(f"a limit of {ends} is refused: it has to be 5s to 15m")
    if one == other:
        raise ValueError(f"{one} cannot be cut off from itself")
    title = f"lose the packets {'from' if one_way else 'between'} {one} {'to' if one_way else 'and'} {other}"
    return Step(
        title=title if lasts is None else f"{title} for {ends_s:g} s",
        module=_MODULE,
        function="partition" if lasts is None else "partition_for",
        arguments={
            "one": one.model_dump(mode="json"),
            "other": other.model_dump(mode="json"),
            "both_ways": not one_way,
            "limit_s" if lasts is None else "lasts_s": ends_s,
        },
    )


def labels(selector: str) -> dict[str, JsonValue]:
    """Read a selector that a NetworkPolicy can hold as labels: `app=shop,tier=web`.

    Raises:
        ValueError: it says more than which value each label has.
    """
    found: dict[str, JsonValue] = {}
    for part in filter(None, selector.split(",")):
        match = _LABEL.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{part!r} is no label with its value, such as app=shop")
        found[match["key"]] = match["value"]
    return found
