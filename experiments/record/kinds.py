"""The words of a run: kinds, phases, a drill's modes, and verdicts with the exit code of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RunKind(StrEnum):
    """The runs of one description; each guard rail has a run of its own."""

    INCIDENT = "incident"
    NO_FAULT = "no-fault"
    NO_FIX = "no-fix"
    PREVENTION = "prevention"
    SECOND_PREVENTION = "second-prevention"
    THIRD_PREVENTION = "third-prevention"
    DRILL = "drill"


@dataclass(frozen=True)
class GuardRail:
    """Where one of a scenario's guard rails is written.

    Args:
        field: of the scenario, that says how it holds.
        folder: of the system that has it.
        mark: how the names of its run's mutants end.
    """

    field: str
    folder: str
    mark: str = ""


GUARD_RAILS = {
    RunKind.PREVENTION: GuardRail("prevention", "guardrail"),
    RunKind.SECOND_PREVENTION: GuardRail("second_prevention", "second-guardrail", ".second"),
    RunKind.THIRD_PREVENTION: GuardRail("third_prevention", "third-guardrail", ".third"),
}
"""Runs behind a guard rail, in the order in which a scenario shows them."""


def proved(guard_rails: int) -> tuple[RunKind, ...]:
    """The runs that make a scenario trusted, in the order in which they are played.

    Args:
        guard_rails: how many the scenario shows, one to three.
    """
    return (RunKind.INCIDENT, RunKind.NO_FAULT, RunKind.NO_FIX, *list(GUARD_RAILS)[:guard_rails])


class Mode(StrEnum):
    """How much the trainee of a drill is told."""

    GUIDED = "guided"
    BLIND = "blind"


class Phase(StrEnum):
    """The phases of a run, in order; a kind may leave some out, never reorder them."""

    DEPLOY = "deploy"
    BASELINE = "baseline"
    FAULT = "fault"
    BITES = "bites"
    DETECT = "detect"
    RUNBOOK = "runbook"
    RECOVER = "recover"
    UNDO = "undo"
    CLEANUP = "cleanup"


class Verdict(StrEnum):
    """What a run showed."""

    PASSED = "passed"
    LAB_ERROR = "lab-error"
    BASELINE_FAILED = "baseline-failed"
    NO_EFFECT = "fault-had-no-effect"
    NOT_DETECTED = "not-detected"
    NOT_FIXED = "not-fixed"
    NOT_PREVENTED = "not-prevented"
    CLEANUP_FAILED = "cleanup-failed"
    FALSE_ALARM = "false-alarm"
    INTERRUPTED = "interrupted"

    @property
    def exit_code(self) -> int:
        """The exit code of the `firedrill` command that ends with this verdict."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.PASSED: 0,
    Verdict.LAB_ERROR: 3,
    Verdict.BASELINE_FAILED: 4,
    Verdict.NO_EFFECT: 5,
    Verdict.NOT_DETECTED: 6,
    Verdict.NOT_FIXED: 7,
    Verdict.NOT_PREVENTED: 8,
    Verdict.CLEANUP_FAILED: 9,
    Verdict.FALSE_ALARM: 10,
    Verdict.INTERRUPTED: 130,
}
