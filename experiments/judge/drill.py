"""A drill: the fault bit, somebody was paged, and what the trainee did was a fix, whatever the runbook says.

Whoever is paged early works while the harm is still coming. From that moment on a harm, a trace or a further alert that
never shows is no fault of the lab's; whoever was paged saw enough.
"""

from __future__ import annotations

from experiments.judge.checks import check, errors, throughout
from experiments.judge.detection import delivered, first_delivery, first_firing, stays_silent
from experiments.judge.evidence import Accepted, Evidence
from experiments.judge.fix import invariants, next_harm, recovered_at, resolves
from experiments.judge.harm import bites, injected
from experiments.judge.limits import outlasts
from experiments.record.files import Check
from experiments.record.kinds import Phase, Verdict


def drill(evidence: Evidence) -> list[Check]:
    """The checks between baseline and ending."""
    early = _ended_before_the_fault(evidence)
    if early is not None:
        return [early]
    paged = _paged(evidence)
    return [
        *injected(evidence),
        *_bites(evidence, paged),
        *errors(evidence, Phase.DETECT),
        *_detects(evidence),
        *stays_silent(evidence, evidence.observed_until if paged is None else paged),
        *errors(evidence, Phase.RUNBOOK),
        *_fixed(evidence),
    ]


def _ended_before_the_fault(evidence: Evidence) -> Check | None:
    ended = evidence.heard("ended")
    if evidence.injected is not None or ended is None or Phase.FAULT in evidence.phases:
        return None
    if any(event.what == "error" for event in evidence.events):
        return None
    return check("the drill is played", Phase.BASELINE, False, Verdict.INTERRUPTED, ended.text, ended.at)


def _paged(evidence: Evidence) -> float | None:
    """When the first documented alert arrived."""
    arrived = [first_delivery(evidence, fires) for fires in evidence.played.scenario.detects]
    return min((at for at in arrived if at is not None), default=None)


def _bites(evidence: Evidence, paged: float | None) -> list[Check]:
    at, onset = evidence.injected, evidence.played.scenario.onset
    if at is None or paged is None or paged > at + onset:
        return bites(evidence)
    return [
        one.model_copy(update={"held": True, "evidence": f"not seen: somebody was at work from {paged - at:.1f} s on"})
        if one.held is False
        else one
        for one in bites(evidence)
    ]


def _detects(evidence: Evidence) -> list[Check]:
    """Somebody was paged by a documented alert; the further ones are told of where they came."""
    scenario = evidence.played.scenario
    paging = [fires for fires in scenario.detects if fires.alert not in scenario.held_back]
    told = [delivered(evidence, fires) for fires in paging]
    came = [one for one in told if one.held is not False]
    return came or told[:1]


def _fixed(evidence: Evidence) -> list[Check]:
    accepted, ended = evidence.accepted, evidence.heard("ended")
    name = "a declared fix was accepted"
    if accepted is None:
        refused = sum(one.what == "refused" for one in evidence.said)
        text = f"{ended.text if ended else 'the drill never ended'}; {refused} declared and refused"
        return [check(name, Phase.RUNBOOK, False, Verdict.NOT_FIXED, text)]
    text = f"declared {accepted.declared - (evidence.injected or accepted.declared):.1f} s after the injection"
    return [
        check(name, Phase.RUNBOOK, True, Verdict.NOT_FIXED, text, accepted.at),
        *outlasts(evidence, evidence.fixed_at, Phase.RUNBOOK),
        *_looks(evidence),
        *errors(evidence, Phase.RECOVER),
        *_lasts(evidence, accepted),
        *_alerts_resolve(evidence, accepted),
        *invariants(evidence),
    ]


def _looks(evidence: Evidence) -> list[Check]:
    """The look at the end found nothing that refuses a fix."""
    name = "nothing was silenced, taken away, opened, lost or broken"
    last = next((look for look in reversed(evidence.looks) if not look.of), None)
    if last is None or last.error:
        text = last.error if last and last.error else "nobody looked at the end"
        return [check(name, Phase.RUNBOOK, None, Verdict.LAB_ERROR, text)]
    wrong = [one.text for one in last.findings if one.refuses]
    beside = [one.thing for one in last.findings if not one.refuses]
    text = " ".join(wrong) or (f"nothing; beside it: {', '.join(beside)}" if beside else "nothing")
    return [check(name, Phase.RUNBOOK, not wrong, Verdict.NOT_FIXED, text, last.at)]


def _lasts(evidence: Evidence, accepted: Accepted) -> list[Check]:
    since, scenario = recovered_at(evidence), evidence.played.scenario
    if since is None:
        return [check("the system recovers", Phase.RECOVER, False, Verdict.NOT_FIXED, "not all held at the end")]
    harm = next_harm(evidence)
    need = max(since, since if harm is None else harm) + scenario.recovery_hold
    start = accepted.since
    text = f"watched for {accepted.until - start:.1f} s, had to last for {need - start:.1f} s"
    return [
        *throughout(evidence.truths("recovers"), since, accepted.until, Phase.RECOVER, Verdict.NOT_FIXED),
        check("recovery lasts", Phase.RECOVER, accepted.until >= need, Verdict.NOT_FIXED, text, since),
    ]


def _alerts_resolve(evidence: Evidence, accepted: Accepted) -> list[Check]:
    """Each documented alert that came has gone again; whoever was paged was told."""
    detects = [fires.alert for fires in evidence.played.scenario.detects]
    came = [alert for alert in detects if first_firing(evidence, alert) is not None]
    checks = [one for alert in came for one in resolves(evidence, alert, accepted.at)]
    unheard = {f"{alert} is delivered as resolved" for alert in came if not evidence.deliveries(alert, "firing")}
    return [one for one in checks if one.name not in unheard]
