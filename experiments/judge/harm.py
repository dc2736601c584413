"""The fault: it was injected, it bites, and it left the trace that only it leaves."""

from __future__ import annotations

from experiments.judge.checks import check, errors, reached, sometime
from experiments.judge.evidence import Evidence
from experiments.record.files import Check
from experiments.record.kinds import Phase, RunKind, Verdict


def injected(evidence: Evidence) -> list[Check]:
    """Every step of the fault returned."""
    failed = [e for e in evidence.events if e.what == "step" and e.phase == Phase.FAULT and e.held is False]
    return [
        *errors(evidence, Phase.FAULT),
        *(
            check(e.title, Phase.FAULT, None, Verdict.LAB_ERROR, str(e.detail.get("message", "it failed")), e.at)
            for e in failed
        ),
        reached(evidence, Phase.FAULT),
    ]


def bites(evidence: Evidence) -> list[Check]:
    """Each harm was seen within the onset the scenario allows, and each proof before the runbook began.

    Whoever is paged in a drill may begin before there is a trace to see: there each proof has the onset's time, too.
    """
    at = evidence.injected
    if at is None:
        return [check("the fault was injected", Phase.BITES, None, Verdict.LAB_ERROR, "no injection is on record")]
    runbook = evidence.phases.get(Phase.RUNBOOK)
    cap = min(at + evidence.played.scenario.onset, evidence.observed_until)
    until = runbook.begin if runbook else evidence.observed_until
    if evidence.played.kind is RunKind.DRILL:
        until = max(until, cap)
    return [
        *errors(evidence, Phase.BITES),
        *sometime(evidence.truths("bites"), at, cap, Phase.BITES, Verdict.NO_EFFECT),
        *sometime(evidence.truths("proof"), at, until, Phase.BITES, Verdict.NO_EFFECT),
    ]


def onset(evidence: Evidence) -> float | None:
    """Seconds from injection until the first condition of `bites` crossed its threshold, on the raw signal."""
    truths = evidence.truths("bites")
    if evidence.injected is None or not truths:
        return None
    first = truths[0][1].first(evidence.injected, evidence.observed_until)
    return None if first is None else first - evidence.injected
