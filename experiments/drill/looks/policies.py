"""What NetworkPolicies close, by their effect: a policy that was renamed or split closes what it closed before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Object = dict[str, Any]

DIRECTIONS = ("ingress", "egress")


def closed(policies: Iterable[Object], pods: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """Each workload and direction that is closed at least in part: `ingress of deployment shop/shop`.

    A direction is closed where a policy selects the pods in it and no policy lets everything through.

    Args:
        policies: all NetworkPolicies.
        pods: the labels of each workload's pods; a workload is named `kind namespace/name`.
    """
    every = list(policies)
    return frozenset(
        f"{direction} of {name}"
        for name, labels in pods.items()
        for direction in DIRECTIONS
        if _closed([one for one in every if _selects(one, name, labels)], direction)
    )


def _closed(policies: list[Object], direction: str) -> bool:
    selecting = [one for one in policies if direction.capitalize() in _types(one)]
    rules = [rule for one in selecting for rule in one["spec"].get(direction) or []]
    return bool(selecting) and not any(map(_lets_all, rules))


def _types(policy: Object) -> list[str]:
    spec = policy["spec"]
    return list(spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])])


def _lets_all(rule: Object) -> bool:
    """Whether a rule lets everybody through on every port."""
    if rule.get("ports"):
        return False
    peers = (rule.get("from") or []) + (rule.get("to") or [])
    return not peers or any(_is_everybody(peer) for peer in peers)


def _is_everybody(peer: Object) -> bool:
    if "ipBlock" in peer:
        return bool(peer["ipBlock"]["cidr"] in ("0.0.0.0/0", "::/0") and not peer["ipBlock"].get("except"))
    return peer.get("namespaceSelector") == {} and not peer.get("podSelector")


def _selects(policy: Object, name: str, labels: Mapping[str, str]) -> bool:
    namespace = name.partition(" ")[2].partition("/")[0]
    return bool(policy["metadata"]["namespace"] == namespace and matches(policy["spec"]["podSelector"], labels))


def matches(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches labels."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_meets(one, labels) for one in selector.get("matchExpressions") or [])


def _meets(expression: Object, labels: Mapping[str, str]) -> bool:
    has, value = expression["key"] in labels, labels.get(expression["key"])
    match expression["operator"]:
        case "In":
            return value in expression["values"]
        case "NotIn":
            return value not in expression["values"]
        case "Exists":
            return has
        case _:
            return not has
