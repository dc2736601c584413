"""A guard rail with a canary: what the fault applies can be applied to the canary instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import JsonValue

from experiments.model.alerts import StoppedBy
from experiments.model.scenario import Scenario

Manifest = dict[str, Any]


def canary_wrong(built: Iterable[Manifest], scenario: Scenario) -> Iterator[str]:
    """What keeps the fault from reaching the canary alone; nothing where the guard rail has none.

    Args:
        built: the objects of the system with the guard rail.
        scenario: as its run plays it, see `Scenario.behind`.
    """
    prevention = scenario.prevention
    if not isinstance(prevention, StoppedBy):
        return
    there = {_identity(one["kind"], one.get("metadata", {})) for one in built}
    for step in scenario.fault:
        manifest: JsonValue = step.arguments.get("manifest")
        metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
        if not isinstance(manifest, dict) or not isinstance(metadata, dict):
            yield f"{prevention.tool} has a canary, which cannot get “{step.title}”: write the fault with objects.apply"
            continue
        placed = {"namespace": step.arguments.get("namespace"), "name": f"{metadata['name']}{prevention.suffix}"}
        kind, namespace, name = wanted = _identity(manifest["kind"], placed)
        if wanted not in there:
            yield f"{kind} {namespace}/{name}, to which “{step.title}” goes on the canary, is missing"


def _identity(kind: JsonValue, metadata: dict[str, Any]) -> tuple[str, str, str]:
    return str(kind), str(metadata.get("namespace") or ""), str(metadata.get("name"))
