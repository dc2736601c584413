"""The way from a rule to the pager: a fix that silences it is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from experiments.drill.looks.picture import Alerting, Picture
from experiments.record.drill import Finding


def on_the_way_to_the_pager(deployed: Picture, now: Picture) -> Iterator[Finding]:
    """Rules that are gone or say something else, new silences, other routes. No fault of the lab's changes them."""
    for namespace, before in deployed.alerting.items():
        present = now.alerting.get(namespace)
        if present is not None:
            yield from _changed(namespace, before, present)


def _changed(namespace: str, before: Alerting, present: Alerting) -> Iterator[Finding]:
    for name, said in before.rules.items():
        if present.rules.get(name) != said:
            what = "says something else than it did" if name in present.rules else "is gone"
            text = f"The rule {name} {what}: nobody would be told the next time."
            yield Finding(kind="alert-changed", thing=f"rule {name}", text=text, refuses=True)
    for silence in sorted(set(present.silences) - set(before.silences)):
        text = f"A silence is active for {present.silences[silence]}: the alert is quiet, the system is as it was."
        yield Finding(kind="alert-silenced", thing=f"silence of {present.silences[silence]}", text=text, refuses=True)
    if present.routes != before.routes:
        text = f"Alertmanager in {namespace} pages somebody else than it did, or nobody."
        yield Finding(kind="alert-silenced", thing=f"alertmanager {namespace}/alertmanager", text=text, refuses=True)


def rules_of(answer: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The rules of Prometheus' `/api/v1/rules` by name, each in words; annotations are left out, they page nobody."""
    found: dict[str, list[str]] = {}
    for group in answer["data"]["groups"]:
        for rule in group["rules"]:
            said = f"{rule['query']} for {rule.get('duration', 0)} {sorted(rule.get('labels', {}).items())}"
            found.setdefault(rule["name"], []).append(said)
    return {name: tuple(sorted(said)) for name, said in found.items()}


def silences_of(answer: list[dict[str, Any]]) -> dict[str, str]:
    """The active silences of Alertmanager's `/api/v2/silences`: id, and what they match in words."""
    return {
        one["id"]: ", ".join(_matcher(matcher) for matcher in one["matchers"])
        for one in answer
        if one["status"]["state"] == "active"
    }


def _matcher(one: dict[str, Any]) -> str:
    sign = ("=~" if one.get("isRegex") else "=") if one.get("isEqual", True) else ("!~" if one.get("isRegex") else "!=")
    return f"{one['name']}{sign}{one['value']}"
