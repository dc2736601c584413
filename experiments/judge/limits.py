"""The fault was still there when it had to be: one that its own limit took back proves no fix and no guard rail."""

from __future__ import annotations

from experiments.judge.checks import check
from experiments.judge.evidence import Evidence
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict

LIMIT = "limit_s"
"""The argument of a step whose timer takes it back without the runner, in seconds. Load and queries that last only so
long are no such thing: their end is part of the story."""


def outlasts(evidence: Evidence, until: float | None, phase: Phase) -> list[Check]:
    """No step of the fault was over by its own limit before a moment.

    Args:
        evidence: the run.
        until: epoch seconds: the end of the fix, or of the time in which a guard rail has to hold; None where the run
            never came so far.
        phase: the phase in which that moment lies.

    Returns:
        One check for each step with a limit; it leads to `lab-error`, since nothing else was tried.
    """
    checks = []
    for step in evidence.played.scenario.fault:
        began, limit = _began(evidence, step.title), step.arguments.get(LIMIT)
        if until is None or began is None or not isinstance(limit, int | float):
            continue
        left = began + limit - until
        text = f"its limit of {limit:g} s was over {abs(left):.1f} s {'after' if left >= 0 else 'before'} that"
        name = f"the fault stands as long as it has to: {step.title}"
        checks.append(check(name, phase, True if left >= 0 else None, Verdict.LAB_ERROR, text, began + limit))
    return checks


def _began(evidence: Evidence, title: str) -> float | None:
    """When a step of the fault was begun; its timer is armed no earlier."""
    steps = [e.at for e in evidence.events if (e.what, e.mark, e.title) == ("step", "begin", title)]
    return min(steps, default=evidence.injected)
