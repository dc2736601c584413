"""Behind a guard rail the fault does no harm: it is absorbed, refused before it is there, or stopped at a canary."""

from __future__ import annotations

from experiments.judge.checks import check, errors, never, reached, sometime, throughout
from experiments.judge.evidence import Evidence
from experiments.judge.harm import injected
from experiments.judge.limits import outlasts
from experiments.model.alerts import RefusedBy, StoppedBy, Watched
from experiments.record.files import Check, Event
from experiments.record.kinds import Phase, Verdict

PASSED, STOPPED, UNASKED, BY_SIGNAL = 0, 1, 2, 128
"""How a live gate ends: the fault may pass; it was stopped, and all is as it was; the gate could not ask; and what is
above the last was ended from outside."""

_SHOWN = 200


def guard_rail_holds(evidence: Evidence) -> list[Check]:
    """The guard rail of the run held, in the way that it says it does."""
    prevention = evidence.played.scenario.prevention
    if isinstance(prevention, RefusedBy):
        return _refused(evidence, prevention)
    if isinstance(prevention, StoppedBy):
        return _stopped(evidence, prevention)
    if evidence.injected is None:
        return injected(evidence) or [reached(evidence, Phase.FAULT)]
    return [*injected(evidence), *_watched(evidence, prevention, evidence.injected)]


def _watched(evidence: Evidence, prevention: Watched, start: float) -> list[Check]:
    """From the injection on the system was well, or what is kept was kept, and the fault left its trace."""
    end = evidence.observed_until
    watched = (start, end, Phase.RECOVER, Verdict.NOT_PREVENTED)
    lasted = None if end - start < prevention.lasts else True
    text = f"{end - start:.1f} s of {prevention.lasts:.1f} s"
    return [
        *errors(evidence, Phase.RECOVER),
        check("watched as long as the guard rail has to hold", Phase.RECOVER, lasted, Verdict.LAB_ERROR, text),
        *outlasts(evidence, start + prevention.lasts, Phase.RECOVER),
        *throughout(evidence.truths("keeps" if prevention.keeps else "recovers"), *watched),
        *never(evidence.truths("bites"), *watched),
        *sometime(evidence.truths("trace"), start, end, Phase.RECOVER, Verdict.NO_EFFECT),
    ]


def _refused(evidence: Evidence, prevention: RefusedBy) -> list[Check]:
    gate = _gate(evidence, prevention.tool)
    if gate is None:
        return [*errors(evidence, Phase.FAULT), _never_ran(prevention.tool)]
    said, unsaid = _said(gate, prevention.messages)
    code = gate.detail.get("exit_code")
    text = f"exit code {code}{unsaid}: {said[:_SHOWN]}"
    refused = code not in (PASSED, None) and not unsaid
    return [
        *errors(evidence, Phase.FAULT),
        check(f"{prevention.tool} refuses", Phase.FAULT, refused, Verdict.NOT_PREVENTED, text, gate.at),
        _untouched("nothing reached the cluster", gate),
        *errors(evidence, Phase.RECOVER),
        reached(evidence, Phase.RECOVER),
    ]


def _stopped(evidence: Evidence, prevention: StoppedBy) -> list[Check]:
    """The canary got the fault, the gate took the canary back for what it did there, and what serves is as it was."""
    gate = _gate(evidence, prevention.tool)
    if gate is None or evidence.injected is None:
        return [*injected(evidence), _never_ran(prevention.tool)]
    said, unsaid = _said(gate, prevention.messages)
    code = gate.detail.get("exit_code")
    text = f"exit code {code}{unsaid}: {said.strip()[-_SHOWN:]}"
    canary = _listed(gate, "canary")
    return [
        *injected(evidence),
        check(
            f"{prevention.tool} stops it",
            Phase.FAULT,
            code == STOPPED and not unsaid if _answered(code) else None,
            Verdict.NOT_PREVENTED,
            text,
            gate.at,
        ),
        _untouched("nothing reached what serves", gate),
        _pods_are_back(gate),
        check(
            "the canary has the fault",
            Phase.FAULT,
            None if canary is None else bool(canary),
            Verdict.NO_EFFECT,
            ", ".join(canary or ()) or "no object of the canary's changed",
        ),
        *_watched(evidence, prevention, evidence.injected),
    ]


def _answered(code: object) -> bool:
    """Whether an exit code is the gate's answer: not one that says that it could not ask, or was ended from outside."""
    return isinstance(code, int) and code != UNASKED and PASSED <= code < BY_SIGNAL


def _pods_are_back(gate: Event) -> Check:
    """Every workload is to have as many pods as before, the canary none; and all of them serve again."""
    pods = gate.detail.get("pods")
    told = pods if isinstance(pods, dict) else {}
    counts = {name: [int(str(one)) for one in found] for name, found in told.items() if isinstance(found, list)}
    wrong = [
        f"{name} was to have {was}, is to have {now}, and has {ready} ready"
        for name, (was, now, ready) in counts.items()
        if not was == now == ready
    ]
    text = "; ".join(wrong) or ", ".join(f"{name} has {was}" for name, (was, _, _) in counts.items())
    held = not wrong if counts else None
    name = "every workload has the pods that it had"
    return check(name, Phase.FAULT, held, Verdict.NOT_PREVENTED, text or "nobody counted them", gate.at)


def _gate(evidence: Evidence, tool: str) -> Event | None:
    """The event in which the gate ended; None where it never did."""
    return next((e for e in reversed(evidence.events) if e.what == "step" and e.detail.get("gate") == tool), None)


def _never_ran(tool: str) -> Check:
    return check(tool, Phase.FAULT, None, Verdict.LAB_ERROR, "it never ran")


def _said(gate: Event, messages: tuple[str, ...]) -> tuple[str, str]:
    """What the gate said, and the first message that is not in it, in words; empty where all are."""
    said = str(gate.detail.get("output", ""))
    return said, next((f", without {message!r}" for message in messages if message not in said), "")


def _untouched(name: str, gate: Event) -> Check:
    changed = _listed(gate, "changed")
    held = None if changed is None else not changed
    return check(name, Phase.FAULT, held, Verdict.NOT_PREVENTED, ", ".join(changed or ()) or "no object changed")


def _listed(gate: Event, what: str) -> list[str] | None:
    """Names that the event lists; None where it does not say."""
    found = gate.detail.get(what)
    return [str(one) for one in found] if isinstance(found, list) else None
