"""Connections that fail: by a NetworkPolicy, or because packets between two sides are lost."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network

from docker.errors import APIError
from pydantic import JsonValue

from cluster.errors import LabError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.actions.objects import delete_activity
from experiments.actions.sides import ground, refuse_overlap
from experiments.compile.activities import undo
from experiments.model.sides import SIDE
from experiments.play.namespaces import own_namespaces
from experiments.play.played import Configuration
from experiments.play.session import find, session_of

LIMIT_S = 30
"""For the commands on one node; they take a tenth of a second."""

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
    session = session_of(configuration)
    here, there = (ground(session.handle, SIDE.validate_python(side)) for side in (one, other))
    refuse_overlap(here, there)
    nodes = sorted(here.nodes | there.nodes)
    name = f"firedrill-cut-{secrets.token_hex(4)}"
    session.journal.promise(undo(f"join {', '.join(nodes)} again", __name__, "join", name=name, nodes=list(nodes)))
    ways = [(here.ranges, there.ranges), *([(there.ranges, here.ranges)] if both_ways else [])]
    script = "\n".join(
        [
            f"systemd-run --quiet --collect --unit={name} --on-active={limit_s:g}s"
            f" --timer-property=AccuracySec=100ms -- nft '{_without(name)}'",
            f"nft -f - <<'RULES'\n{ruleset(name, ways)}RULES",
        ]
    )
    _on_each(nodes, lambda node: _run(session.handle, node, script))
    return nodes


def join(name: str, nodes: list[str], configuration: Configuration) -> None:
    """Undo of `partition`: remove the rules and disarm their timers; what is gone already is no error.

    A timer that went off before is written to the timeline: not the runbook alone joined the sides.

    Raises:
        LabError: a node could not be asked; the others are joined.
    """
    handle = open_handle(Lab.of_checkout())
    disarm = f"if systemctl is-active -q {name}.timer; then systemctl stop {name}.timer; else echo elapsed; fi"
    said = _on_each(nodes, lambda node: _run(handle, node, f"nft '{_without(name)}'\n{disarm}"))
    session = find(configuration)
    if session is not None and any(said):
        title = f"the limit was over first: {', '.join(nodes)} joined by themselves"
        session.recorder.event("note", title, nodes=list(nodes), elapsed=True)


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


def _without(name: str) -> str:
    """One transaction that ends without the table, whether it was there or not."""
    return f"add table ip {name}; delete table ip {name}"


def _set(ranges: Iterable[IPv4Network]) -> str:
    return "{ " + ", ".join(str(one) for one in sorted(ranges)) + " }"


def _on_each(nodes: list[str], do: Callable[[str], str]) -> list[str]:
    """Do it on all nodes side by side; one that fails does not stop the rest. What each said."""
    with ThreadPoolExecutor(len(nodes)) as pool:
        done = [pool.submit(do, node) for node in nodes]
    if reasons := [str(error) for one in done if (error := one.exception()) is not None]:
        raise LabError("; ".join(reasons), "firedrill heal")
    return [one.result() for one in done]


def _run(handle: Handle, node: str, script: str) -> str:
    command = ["timeout", "--kill-after=2", str(LIMIT_S), "bash", "-euo", "pipefail", "-c", script]
    try:
        code, output = handle.node(node).exec_run(command)
    except APIError as error:
        raise LabError(f"No command runs on node {node}: {error.explanation}", "make status") from error
    text: str = output.decode(errors="replace")
    if code:
        raise LabError(f"A command on node {node} ended with {code}: {text.strip()[-400:] or 'it said nothing'}")
    return text
