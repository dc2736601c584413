"""Small makers of checks, so that every group words them alike."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.judge.evidence import Evidence
from experiments.judge.truth import Truth
from experiments.record.files import Check, ConditionSamples
from experiments.record.kinds import Phase, Verdict


def check(
    name: str, phase: Phase, held: bool | None, verdict: Verdict, evidence: str, at: float | None = None
) -> Check:
    """One check; `held` None leads to `lab-error`, False to `verdict`."""
    return Check(name=name, group=phase.value, held=held, verdict=verdict, evidence=evidence, at=at)


def throughout(
    conditions: Iterable[tuple[ConditionSamples, Truth]], start: float, end: float, phase: Phase, verdict: Verdict
) -> list[Check]:
    """Each condition held at every moment of [start, end]."""
    return [
        check(sample.title, phase, truth.throughout(start, end), verdict, truth.describe(start, end))
        for sample, truth in conditions
    ]


def never(
    conditions: Iterable[tuple[ConditionSamples, Truth]], start: float, end: float, phase: Phase, verdict: Verdict
) -> list[Check]:
    """Each condition was false at every moment of [start, end]."""
    checks = []
    for sample, truth in conditions:
        seen = truth.ever(start, end)
        held = None if seen is None else not seen
        evidence = truth.describe(start, end)
        checks.append(check(f"not yet: {sample.title}", phase, held, verdict, evidence, truth.first(start, end)))
    return checks


def sometime(
    conditions: Iterable[tuple[ConditionSamples, Truth]], start: float, end: float, phase: Phase, verdict: Verdict
) -> list[Check]:
    """Each condition held at some moment of [start, end]."""
    return [
        check(
            sample.title,
            phase,
            truth.ever(start, end),
            verdict,
            truth.describe(start, end),
            truth.first(start, end),
        )
        for sample, truth in conditions
    ]


def reached(evidence: Evidence, phase: Phase) -> Check:
    """The run came to this phase and left it; otherwise nothing in it could be asked."""
    span = evidence.phases.get(phase)
    if span is None:
        return check(f"the run reached {phase}", phase, None, Verdict.LAB_ERROR, "the phase never began")
    if span.end is None:
        return check(f"the run left {phase}", phase, None, Verdict.LAB_ERROR, "the phase never ended", span.begin)
    return check(f"the run went through {phase}", phase, True, Verdict.LAB_ERROR, f"{span.end - span.begin:.1f} s")


def errors(evidence: Evidence, phase: Phase) -> list[Check]:
    """What the lab could not do or ask in this phase."""
    return [
        check(event.title, phase, None, Verdict.LAB_ERROR, str(event.detail.get("message", event.title)), event.at)
        for event in evidence.events
        if event.what == "error" and event.phase == phase
    ]
