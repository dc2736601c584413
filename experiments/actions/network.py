"""Connections that fail: by a NetworkPolicy, or because packets between two sides are lost."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network

from pydantic import JsonValue

from cluster.errors import LabError
from experiments.actions.node_commands import on_node
from experiments.actions.node_revert import Revert, arm, arm_alone
from experiments.actions.objects import delete_activity
from experiments.actions.sides import ground, refuse_overlap
from experiments.model.sides import SIDE
from experiments.play.namespaces import own_namespaces
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of

Labels = dict[str, str]


def deny(
    namespace: str,
    name: str,
    labels: Labels,
    directions: list[str],
    peers: list[dict[str, JsonValue]],
    configuration: Configuration,
) -> None:
    """Create a NetworkPolicy that isolates pods; open connections are cut within 2 s, too.

    Args:
        namespace: where; outside the run's own the undo deletes it again.
        name: the policy's name; there is none of that name.
        labels: which pods; empty for all of the namespace.
        directions: `Ingress`, `Egress` or both.
        peers: who is let in and reached still: entries with `namespace` and `labels`.

    Raises:
        LabError: there is a policy of that name already.
        CommandFailed: the API server refuses.
    """
    session = session_of(configuration)
    where = ("-n", namespace)
    if session.handle.kubectl("get", f"networkpolicy/{name}", *where, "--ignore-not-found", "-o", "name"):
        raise LabError(f"There is a NetworkPolicy {name} in {namespace} already.", "Choose another name.")
    if namespace not in own_namespaces(session):
        session.journal.promise(delete_activity(f"networkpolicy/{name}", namespace))
    body = json.dumps(policy(name, labels, directions, peers))
    session.handle.kubectl("create", *where, "-f", "-", stdin=body, timeout_s=20)


def policy(name: str, labels: Labels, directions: list[str], peers: list[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """The NetworkPolicy of `deny`."""
    allowed: list[JsonValue] = [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": peer["namespace"]}},
            "podSelector": {"matchLabels": peer["labels"]},
        }
        for peer in peers
    ]
    spec: dict[str, JsonValue] = {"podSelector": {"matchLabels": dict(labels)}, "policyTypes": list(directions)}
    for direction, end in (("Ingress", "from"), ("Egress", "to")):
        if direction in directions and allowed:
            spec[direction.lower()] = [{end: allowed}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": spec,
    }


def partition(
    one: dict[str, JsonValue],
    other: dict[str, JsonValue],
    both_ways: bool,
    limit_s: float,
    configuration: Configuration,
) -> list[str]:
    """Drop the packets from one side to the other; open connections hang, nothing is refused.

    The packets are dropped where they are forwarded or arrive, so whoever sends one sees no error. Nothing else is
    touched: what neither side holds, the control plane and its proxy to pods among it, reaches both.

    Args:
        one: a side, as JSON of `experiments/model/sides.py`.
        other: the other side.
        both_ways: also those from `other` to `one`.
        limit_s: seconds until each node drops the rules by itself.

    Returns:
        The nodes that got the rules.

    Raises:
        LabError: a side is not there, the two overlap, or a node cannot be asked.
    """
    return _cut(session_of(configuration), one, other, both_ways, limit_s, in_story=False)


def partition_for(
    one: dict[str, JsonValue],
    other: dict[str, JsonValue],
    both_ways: bool,
    lasts_s: float,
    configuration: Configuration,
) -> list[str]:
    """`partition` whose end is part of the story: after `lasts_s` each node drops the rules, and the run goes on.

    Raises:
        LabError: as `partition`.
    """
    return _cut(session_of(configuration), one, other, both_ways, lasts_s, in_story=True)


def _cut(
    session: Session,
    one: dict[str, JsonValue],
    other: dict[str, JsonValue],
    both_ways: bool,
    ends_s: float,
    *,
    in_story: bool,
) -> list[str]:
    here, there = (ground(session.handle, SIDE.validate_python(side)) for side in (one, other))
    refuse_overlap(here, there)
    nodes = sorted(here.nodes | there.nodes)
    name = f"firedrill-cut-{secrets.token_hex(4)}"
    # Only where the control plane is on a side do nodes fall silent.
    promise = arm if session.handle.lab.control_plane in nodes else arm_alone
    for node in nodes:
        mend = f"nft 'add table ip {name}; delete table ip {name}'"
        promise(session, Revert(f"take {name} away from {node}", node, node, name, mend, in_story), ends_s)
    ways = [(here.ranges, there.ranges), *([(there.ranges, here.ranges)] if both_ways else [])]
    load = f"nft -f - <<'RULES'\n{ruleset(name, ways)}RULES"
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: on_node(session.handle, node, load), nodes))
    return nodes


def ruleset(name: str, ways: Iterable[tuple[Iterable[IPv4Network], Iterable[IPv4Network]]]) -> str:
    """The nftables table of a partition: for each way the packets with these sources and those destinations.

    Both hooks see real addresses: after the translation of Services, before that of what leaves. Every packet is
    dropped, not only a connection's first.
    """
    drops = [f"    ip saddr {_set(sources)} ip daddr {_set(targets)} drop" for sources, targets in ways]
    chains = [
        line
        for hook in ("forward", "input")
        for line in (f"  chain {hook} {{", f"    type filter hook {hook} priority -10;", *drops, "  }")
    ]
    return "\n".join([f"table ip {name} {{", *chains, "}", ""])


def _set(ranges: Iterable[IPv4Network]) -> str:
    return "{ " + ", ".join(str(one) for one in sorted(ranges)) + " }"
