"""The control runs without the fault, in which nothing happens, and without the fix, in which the harm stays."""

from __future__ import annotations

from experiments.judge.checks import check, errors, never, reached, throughout
from experiments.judge.evidence import Evidence
from experiments.judge.times import same_time
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict


def nothing_happens(evidence: Evidence) -> list[Check]:
    """Without the fault: what counts as recovered held all the time, no harm was seen, and no diagnosis matched.

    `healthy` is the gate before a fault, tight on purpose; that users are served well for minutes is what `recovers`
    says, here as behind a guard rail.
    """
    span = evidence.phases.get(Phase.RECOVER)
    if span is None or span.end is None:
        return [*errors(evidence, Phase.RECOVER), reached(evidence, Phase.RECOVER)]
    watched = (span.begin, span.end, Phase.RECOVER, Verdict.BASELINE_FAILED)
    return [
        *errors(evidence, Phase.RUNBOOK),
        *_diagnoses(evidence),
        *errors(evidence, Phase.RECOVER),
        *throughout(evidence.truths("recovers"), *watched),
        *never(evidence.truths("bites"), *watched),
        *never(evidence.truths("proof"), *watched),
        _watched(evidence, span.begin, span.end),
    ]


def _watched(evidence: Evidence, begin: float, end: float) -> Check:
    need, took = same_time(evidence), end - begin
    held = None if need is None else took >= need
    text = f"watched {took:.1f} s" + (f" of {need:.1f} s" if need is not None else ", no length is on record")
    return check("watched as long as the incident lasts", Phase.RECOVER, held or None, Verdict.LAB_ERROR, text)


def _diagnoses(evidence: Evidence) -> list[Check]:
    ran = {block.index: block for block in evidence.blocks}
    checks = []
    for planned in evidence.played.blocks:
        if planned.kind != "diagnose" or planned.expect is None or planned.context:
            continue
        name, result = f"RUNBOOK.md:{planned.line} finds nothing without the fault", ran.get(planned.index)
        if result is None:
            checks.append(check(name, Phase.RUNBOOK, None, Verdict.FALSE_ALARM, "the block never ran"))
        else:
            text = f"its output matches {result.expect!r}" if result.matched else "no match"
            checks.append(check(name, Phase.RUNBOOK, not result.matched, Verdict.FALSE_ALARM, text, result.ended))
    return checks


def harm_stays(evidence: Evidence) -> list[Check]:
    """Without the fix: after the runbook would have ended, harm is still there or returns.

    A scenario whose harm ends by itself must have lasted at least twice as long as with its runbook.
    """
    name, expected = "without the runbook the harm stays or returns", evidence.played.expected_end_s
    if evidence.injected is None or expected is None or evidence.signals is None:
        return [
            check(name, Phase.RECOVER, None, Verdict.LAB_ERROR, "when the runbook would have ended is not on record")
        ]
    factor = 2.0 if evidence.played.scenario.ends_by_itself else 1.0
    since, until = evidence.injected + factor * expected, evidence.observed_until
    if until <= since:
        text = f"watched to {until - evidence.injected:.0f} s, the runbook would have ended at {expected:.0f} s"
        return [*errors(evidence, Phase.RECOVER), check(name, Phase.RECOVER, None, Verdict.LAB_ERROR, text)]
    harms = [truth.first(since, until) for _, truth in evidence.truths("bites")]
    ills = [truth.between(since, until) for _, truth in evidence.truths("recovers")]
    moments = [at for at in harms if at is not None] + [at for ill in ills for at, held, _ in ill if not held]
    asked = all(truth.covered(since, until) for _, truth in evidence.truths("recovers"))
    held = True if moments else (False if asked else None)
    first = min(moments, default=None)
    text = (
        f"harm {first - evidence.injected:.0f} s after injection"
        if first
        else f"none from {since - evidence.injected:.0f} s on"
    )
    return [*errors(evidence, Phase.RECOVER), check(name, Phase.RECOVER, held, Verdict.NO_EFFECT, text, first)]
