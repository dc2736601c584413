"""What a run with a gate would have left behind with the gate broken: evidence in, changed evidence out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pydantic import JsonValue

from experiments.judge import Evidence

Detail = dict[str, JsonValue]
"""What an event says besides its title."""


def let_through(evidence: Evidence) -> Evidence:
    """The gate said what it said, and ended with 0: a pipeline goes on."""
    return _shown(evidence, lambda detail: {"exit_code": 0})


def applied_all_the_same(evidence: Evidence) -> Evidence:
    """The gate refused, and an object was in the cluster before it did."""
    return _shown(evidence, lambda detail: {"changed": ["an object"]})


def says_otherwise(evidence: Evidence, message: str) -> Evidence:
    """The gate refused for another reason: one of its messages is not among what it said."""
    return _shown(evidence, lambda detail: {"output": str(detail.get("output", "")).replace(message, "")})


def could_not_ask(evidence: Evidence) -> Evidence:
    """A live gate had no Prometheus to ask, and did not begin: it ended with 2."""
    return _shown(evidence, lambda detail: {"exit_code": 2})


def not_put_back(evidence: Evidence) -> Evidence:
    """A live gate stopped the fault, and a workload has a pod where it had none."""

    def more(detail: Detail) -> Detail:
        pods = detail.get("pods")
        counted: Detail = dict(pods) if isinstance(pods, dict) else {}
        return {"pods": {**counted, max(counted, default="nobody's"): [0, 1, 1]}}

    return _shown(evidence, more)


def never_at_the_canary(evidence: Evidence) -> Evidence:
    """A live gate walked a canary up that has no fault."""
    return _shown(evidence, lambda detail: {"canary": []})


def _shown(evidence: Evidence, change: Callable[[Detail], Detail]) -> Evidence:
    """The event in which the gate was shown the fault, with what is changed of its detail."""
    events = tuple(
        event.model_copy(update={"detail": {**event.detail, **change(event.detail)}})
        if "gate" in event.detail
        else event
        for event in evidence.events
    )
    return replace(evidence, events=events)
