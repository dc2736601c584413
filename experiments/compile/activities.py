"""Chaos Toolkit activities as plain values."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.model.actions import Step
from experiments.record.kinds import Phase

Activity = dict[str, JsonValue]

OWN = "firedrill"
"""The key of an activity that Chaos Toolkit ignores and Firedrill's control reads: its phase, and `inject`."""


def probe(phase: Phase, title: str, module: str, function: str, **arguments: JsonValue) -> Activity:
    """A probe of the engine's own: `function` of `experiments.probes.MODULE`."""
    return _activity("probe", phase, title, f"experiments.probes.{module}", function, arguments)


def action(phase: Phase, title: str, module: str, function: str, **arguments: JsonValue) -> Activity:
    """An action of the engine's own: `function` of `experiments.actions.MODULE`."""
    return _activity("action", phase, title, f"experiments.actions.{module}", function, arguments)


def fault(step: Step, *, last: bool) -> Activity:
    """A step of the fault; the moment the `last` one returns is the run's injection time."""
    activity = _activity("action", Phase.FAULT, step.title, step.module, step.function, dict(step.arguments))
    activity[OWN] = {"phase": Phase.FAULT.value, "inject": last}
    return activity


def undo(title: str, module: str, function: str, /, **arguments: JsonValue) -> Activity:
    """What an undo journal promises: `function` of `module`, which belongs to no phase."""
    return {
        "type": "action",
        "name": title,
        "provider": {
            "type": "python",
            "module": module,
            "func": function,
            "arguments": {name: literal(value) for name, value in arguments.items()},
        },
    }


def _activity(
    kind: str, phase: Phase, title: str, module: str, function: str, arguments: dict[str, JsonValue]
) -> Activity:
    return {**undo(title, module, function, **arguments), "type": kind, OWN: {"phase": phase.value}}


def literal(value: JsonValue) -> JsonValue:
    """`value` with every `$` doubled: Chaos Toolkit replaces `$name` and `${name}` in arguments, `$$` becomes `$`."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, list):
        return [literal(item) for item in value]
    if isinstance(value, dict):
        return {key: literal(item) for key, item in value.items()}
    return value
