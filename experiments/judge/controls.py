"""The control runs: without the fault nothing happens, without the fix the harm stays, behind the guard rail it
does no harm."""

from __future__ import annotations

from experiments.judge.checks import check, errors, never, reached, sometime, throughout
from experiments.judge.evidence import Evidence
from experiments.judge.harm import injected
from experiments.judge.limits import outlasts
from experiments.judge.times import same_time
from experiments.model.alerts import RefusedBy
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


def guard_rail_holds(evidence: Evidence) -> list[Check]:
    """Behind the guard rail: absorbed, or refused before anything reached the cluster."""
    prevention = evidence.played.scenario.prevention
    if isinstance(prevention, RefusedBy):
        return _refused(evidence, prevention)
    if evidence.injected is None:
        return injected(evidence) or [reached(evidence, Phase.FAULT)]
    start, end = evidence.injected, evidence.observed_until
    watched = (start, end, Phase.RECOVER, Verdict.NOT_PREVENTED)
    lasted = None if end - start < prevention.lasts else True
    text = f"{end - start:.1f} s of {prevention.lasts:.1f} s"
    return [
        *injected(evidence),
        *errors(evidence, Phase.RECOVER),
        check("watched as long as the guard rail has to hold", Phase.RECOVER, lasted, Verdict.LAB_ERROR, text),
        *outlasts(evidence, start + prevention.lasts, Phase.RECOVER),
        *throughout(evidence.truths("keeps" if prevention.keeps else "recovers"), *watched),
        *never(evidence.truths("bites"), *watched),
        *sometime(evidence.truths("trace"), start, end, Phase.RECOVER, Verdict.NO_EFFECT),
    ]


def _refused(evidence: Evidence, prevention: RefusedBy) -> list[Check]:
    gates = [e for e in evidence.events if e.what == "step" and e.detail.get("gate") == prevention.tool]
    if not gates:
        return [
            *errors(evidence, Phase.FAULT),
            check(prevention.tool, Phase.FAULT, None, Verdict.LAB_ERROR, "it never ran"),
        ]
    gate = gates[-1]
    said = str(gate.detail.get("output", ""))
    unsaid = [message for message in prevention.messages if message not in said]
    refused = gate.detail.get("exit_code") not in (0, None) and not unsaid
    text = (
        f"exit code {gate.detail.get('exit_code')}" + (f", without {unsaid[0]!r}" if unsaid else "") + f": {said[:200]}"
    )
    untouched = [str(change) for change in _changes(gate.detail.get("changed"))]
    return [
        *errors(evidence, Phase.FAULT),
        check(f"{prevention.tool} refuses", Phase.FAULT, refused, Verdict.NOT_PREVENTED, text, gate.at),
        check(
            "nothing reached the cluster",
            Phase.FAULT,
            None if gate.detail.get("changed") is None else not untouched,
            Verdict.NOT_PREVENTED,
            ", ".join(untouched) or "no object changed",
        ),
        *errors(evidence, Phase.RECOVER),
        reached(evidence, Phase.RECOVER),
    ]


def _changes(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
