"""What a run in front of a gate would have left behind with the gate broken: evidence in, changed evidence out."""

from __future__ import annotations

from dataclasses import replace

from pydantic import JsonValue

from experiments.judge import Evidence


def let_through(evidence: Evidence, tool: str) -> Evidence:
    """The gate said what it said, and ended with 0: a pipeline goes on."""
    return _gate(evidence, tool, {"exit_code": 0})


def applied_all_the_same(evidence: Evidence, tool: str) -> Evidence:
    """The gate refused, and an object was in the cluster before it did."""
    return _gate(evidence, tool, {"changed": ["an object"]})


def says_otherwise(evidence: Evidence, message: str) -> Evidence:
    """The gate refused for another reason: one of its messages is not among what it said."""
    events = tuple(
        event.model_copy(
            update={"detail": {**event.detail, "output": str(event.detail.get("output", "")).replace(message, "")}}
        )
        if "gate" in event.detail
        else event
        for event in evidence.events
    )
    return replace(evidence, events=events)


def _gate(evidence: Evidence, tool: str, update: dict[str, JsonValue]) -> Evidence:
    events = tuple(
        event.model_copy(update={"detail": {**event.detail, **update}}) if event.detail.get("gate") == tool else event
        for event in evidence.events
    )
    return replace(evidence, events=events)
