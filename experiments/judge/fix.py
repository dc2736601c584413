"""The runbook: its evidence matched, its commands worked, and after them the harm was over for good.

Checks stand in the order in which the engine plays them: `mitigated` before the blocks after the last mitigation, the
`verify` blocks after the recovery. A run that ended at one of them is judged by that one, not by what never ran.
"""

from __future__ import annotations

from collections.abc import Sequence

from experiments.judge.checks import check, errors, reached, sometime, throughout
from experiments.judge.evidence import Evidence
from experiments.judge.harm import onset
from experiments.model import recurrence
from experiments.record.files import Check, RunbookBlock
from experiments.record.kinds import Phase, Verdict


def runbook(evidence: Evidence) -> list[Check]:
    """Every block but `verify` ran, ended zero and showed what it says; `mitigated` held after the mitigation."""
    checks = [*errors(evidence, Phase.RUNBOOK)]
    blocks = [block for block in evidence.played.blocks if block.kind != "verify"]
    mitigating = [block for block in blocks if block.kind == "mitigate"]
    for planned in blocks:
        checks.append(_block(evidence, planned, Phase.RUNBOOK))
        if mitigating and planned is mitigating[-1]:
            checks += _mitigated(evidence)
    return [*checks, reached(evidence, Phase.RUNBOOK)]


def _mitigated(evidence: Evidence) -> list[Check]:
    mitigated, begin = evidence.block_end("mitigate"), evidence.phases.get(Phase.RECOVER)
    if mitigated is None or evidence.signals is None:
        return []
    # The engine asks at one moment; where the fix takes no time, that moment lies between two samples of the grid.
    until = begin.begin + 2 * evidence.signals.step_s if begin else evidence.observed_until
    return sometime(evidence.truths("mitigated"), mitigated, until, Phase.RUNBOOK, Verdict.NOT_FIXED)


def _block(evidence: Evidence, planned: RunbookBlock, phase: Phase) -> Check:
    name = f"RUNBOOK.md:{planned.line} {planned.kind}"
    result = next((block for block in evidence.blocks if block.index == planned.index), None)
    if result is None:
        return check(name, phase, None, Verdict.NOT_FIXED, "the block never ran")
    if result.exit_code is None:
        text, held = f"killed at its limit after {result.ended - result.started:.1f} s", False
    elif result.exit_code != 0:
        text, held = f"exit code {result.exit_code}", False
    elif result.matched is False:
        text, held = f"its output does not match {result.expect!r}", False
    else:
        text, held = "as expected" if result.matched else "exit code 0", True
    return check(name, phase, held, Verdict.NOT_FIXED, text, result.ended)


def next_harm(evidence: Evidence) -> float | None:
    """The first moment after the fix at which harm would have returned; None where it does not recur."""
    recurs, fixed, first = evidence.played.scenario.recurs, evidence.fixed_at, onset(evidence)
    if recurs is None or fixed is None or first is None or evidence.injected is None:
        return None
    return recurrence.next_harm(evidence.injected + first, recurs, fixed)


def recovered_at(evidence: Evidence) -> float | None:
    """The moment after the fix from which on every condition of `recovers` held to the end of the recovery."""
    fixed, end = evidence.fixed_at, evidence.recovered_until
    truths = evidence.truths("recovers")
    if fixed is None or end is None or not truths:
        return None
    moments = []
    for _, truth in truths:
        last_false = truth.last_false(fixed, end)
        since = fixed if last_false is None else last_false
        moment = truth.first(since, end)
        if moment is None:
            return None
        moments.append(moment)
    return max(moments)


def recovers(evidence: Evidence) -> list[Check]:
    """Recovery came, the verify blocks agree, it outlasted the next harm, and the alerts resolved and said so."""
    span, since = evidence.phases.get(Phase.RECOVER), recovered_at(evidence)
    if span is None or span.end is None:
        return [*errors(evidence, Phase.RECOVER), reached(evidence, Phase.RECOVER)]
    end, fixed = span.end, evidence.fixed_at or span.begin
    if since is None:
        held = [
            check(s.title, Phase.RECOVER, truth.throughout(end - 1, end), Verdict.NOT_FIXED, truth.describe(fixed, end))
            for s, truth in evidence.truths("recovers")
        ]
        never = check("the system recovers", Phase.RECOVER, False, Verdict.NOT_FIXED, "not all held at the end")
        return [*errors(evidence, Phase.RECOVER), *held, never]
    hold, harm = evidence.played.scenario.recovery_hold, next_harm(evidence)
    need = max(since, harm if harm is not None else since) + hold
    text = f"held from {since - fixed:.1f} to {end - fixed:.1f} s after the fix, had to last to {need - fixed:.1f} s"
    verify = [block for block in evidence.played.blocks if block.kind == "verify"]
    ran = {block.index for block in evidence.blocks}
    checks = [
        *errors(evidence, Phase.RECOVER),
        *throughout(evidence.truths("recovers"), since, end, Phase.RECOVER, Verdict.NOT_FIXED),
        *(_block(evidence, block, Phase.RECOVER) for block in verify if block.index in ran),
        check("recovery lasts", Phase.RECOVER, end >= need, Verdict.NOT_FIXED, text, since),
        *(_block(evidence, block, Phase.RECOVER) for block in verify if block.index not in ran),
    ]
    if harm is not None:
        text = f"recovered {since - fixed:.1f} s, next harm due {harm - fixed:.1f} s after the fix"
        checks.append(check("recovered before the next harm", Phase.RECOVER, since <= harm, Verdict.NOT_FIXED, text))
    alerts = [fires.alert for fires in evidence.played.scenario.detects]
    return [*checks, *(one for alert in alerts for one in resolves(evidence, alert, end))]


def resolved_at(evidence: Evidence, alert: str) -> float | None:
    """The arrival of the alert's last `resolved` notification after the fix."""
    fixed = evidence.fixed_at or 0.0
    return max((d.at for d in evidence.deliveries(alert, "resolved") if d.at >= fixed), default=None)


def resolves(evidence: Evidence, alert: str, end: float) -> list[Check]:
    """The alert had gone out before `end` (epoch seconds), and whoever was paged was told."""
    step = evidence.signals.step_s if evidence.signals else 1.0
    last = max((at for one in evidence.alert(alert) for at, state in one.samples if state == "firing"), default=None)
    quiet = last is not None and last < end - step
    text = "never fired" if last is None else f"last firing {end - last:.1f} s before the end"
    gone = check(f"{alert} resolves", Phase.RECOVER, quiet, Verdict.NOT_FIXED, text, last)
    if alert in evidence.played.scenario.held_back:
        return [gone]
    said, state = _said_resolved(evidence, alert)
    title = f"{alert} is delivered as resolved"
    return [
        gone,
        check(title, Phase.RECOVER, said, Verdict.NOT_FIXED, state, resolved_at(evidence, alert)),
    ]


def _said_resolved(evidence: Evidence, alert: str) -> tuple[bool, str]:
    """Whether the last that the pager heard of each of an alert's series is that it resolved, and the state in words.

    An alert that comes and goes with each restart may fire once more between two flushes of its group: nobody is told
    that, and nobody has to be told that it is over.
    """
    newest = {one.series: one.status for one in evidence.notified(alert)}
    if not newest:
        return False, "never arrived"
    if open_ := sum(status == "firing" for status in newest.values()):
        return False, f"{open_} of {len(newest)} series were last delivered as firing"
    heard = max(d.at for d in evidence.deliveries(alert, "resolved"))
    unheard = max((_firing_s(one.samples, heard) for one in evidence.alert(alert)), default=0.0)
    if unheard > evidence.played.clock.group_interval_s:
        return False, f"it fired for {unheard:.0f} s after the last that was delivered"
    return True, "arrived"


def _firing_s(samples: Sequence[tuple[float, str]], after: float) -> float:
    """How long a series fired after a moment (seconds), from its first such sample to its last."""
    firing = [at for at, state in samples if state == "firing" and at > after]
    return firing[-1] - firing[0] if firing else 0.0


def invariants(evidence: Evidence) -> list[Check]:
    """What must be true whatever happened, at the last moment it was asked."""
    checks = []
    for sample, truth in evidence.truths("invariants"):
        last = truth.moments[-1] if truth.moments else None
        held = None if last is None else last[1]
        text = truth.error or ("never asked" if last is None else "holds" if held else "violated")
        checks.append(check(sample.title, Phase.RECOVER, held, Verdict.NOT_FIXED, text, last[0] if last else None))
    return checks
