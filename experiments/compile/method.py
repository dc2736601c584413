"""The method of each kind of run, from the same parts."""

from __future__ import annotations

from collections.abc import Callable

from cluster.errors import UsageError
from experiments.compile import guard_rails, parts
from experiments.compile.activities import Activity
from experiments.record.files import ScenarioFile
from experiments.record.kinds import RunKind


def method(file: ScenarioFile) -> list[Activity]:
    """The activities of a run, in order.

    Raises:
        UsageError: a drill of which nobody said how it is played.
    """
    return _METHODS[file.kind](file)


def _incident(file: ScenarioFile) -> list[Activity]:
    return [
        *parts.baseline(file),
        *parts.fault(file),
        *parts.bites(file),
        *parts.detects(file),
        *parts.runbook(file),
        *parts.recovers(file),
        *parts.invariants(file),
        *parts.steady_again(file),
    ]


def _no_fault(file: ScenarioFile) -> list[Activity]:
    return [
        *parts.baseline(file),
        *parts.same_time(file),
        *parts.diagnose(file),
        *parts.invariants(file),
        *parts.steady_again(file),
    ]


def _no_fix(file: ScenarioFile) -> list[Activity]:
    return [
        *parts.baseline(file),
        *parts.fault(file),
        *parts.bites(file),
        *parts.harm_without_fix(file),
        *parts.invariants(file),
    ]


def _prevention(file: ScenarioFile) -> list[Activity]:
    return [*parts.baseline(file), *guard_rails.tried(file), *parts.invariants(file)]


def _drill(file: ScenarioFile) -> list[Activity]:
    """The steady state is not asked for again: `healthy` is the quiet system as it was deployed, and a fix that the
    runbook does not know may leave a larger one. Chaos Toolkit asks the hypothesis all the same, for the record."""
    if file.drill is None:
        raise UsageError("A drill is played by a person, who says how.", f"firedrill play {file.name}")
    return [
        *parts.baseline(file),
        *parts.quiet(file.drill),
        *parts.fault(file),
        *parts.trainee(file.drill),
        *parts.invariants(file),
    ]


_METHODS: dict[RunKind, Callable[[ScenarioFile], list[Activity]]] = {
    RunKind.INCIDENT: _incident,
    RunKind.NO_FAULT: _no_fault,
    RunKind.NO_FIX: _no_fix,
    RunKind.PREVENTION: _prevention,
    RunKind.SECOND_PREVENTION: _prevention,
    RunKind.THIRD_PREVENTION: _prevention,
    RunKind.DRILL: _drill,
}
