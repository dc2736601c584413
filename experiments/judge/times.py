"""How long things took, and the least they could have taken.

The floor of a phase is what physics and the rules' own clocks demand; what is above it is overhead. See
docs/decisions/005-floor.md for the formula and its sources.
"""

from __future__ import annotations

from experiments.judge.detection import first_delivery, first_firing
from experiments.judge.evidence import Evidence, Span
from experiments.judge.fix import recovered_at, resolved_at
from experiments.judge.harm import onset
from experiments.model.alerts import StoppedBy, Watched
from experiments.record.files import PhaseTime
from experiments.record.kinds import GUARD_RAILS, Phase, RunKind


def phase_times(evidence: Evidence) -> list[PhaseTime]:
    """Floor and actual seconds of every phase that began."""
    return [
        PhaseTime(
            phase=phase,
            floor_s=round(_floor(evidence, phase), 3),
            actual_s=round(_end(evidence, span) - span.begin, 3),
        )
        for phase, span in evidence.phases.items()
    ]


def _end(evidence: Evidence, span: Span) -> float:
    """When a phase ended; the run's last moment where it never did."""
    return evidence.ended if span.end is None else span.end


def _floor(evidence: Evidence, phase: Phase) -> float:
    if evidence.played.kind is RunKind.DRILL:
        return _drill_floor(evidence, phase)
    scenario = evidence.played.scenario
    match phase:
        case Phase.BASELINE:
            return scenario.baseline_hold
        case Phase.FAULT:
            return _walk_floor(evidence)
        case Phase.BITES:
            return _onset_floor(evidence)
        case Phase.DETECT:
            return _detect_floor(evidence)
        case Phase.RECOVER:
            return _recovery_floor(evidence)
        case _:
            return 0.0


def _drill_floor(evidence: Evidence, phase: Phase) -> float:
    """What a drill needs whoever plays it: the quiet time, the incident's own course, the person's time, and what has
    to be watched of a fix. Above it is what the lab makes a person wait."""
    span = evidence.phases[phase]
    took = _end(evidence, span) - span.begin
    match phase:
        case Phase.BASELINE:
            waited = (event.detail.get("waited_s") for event in evidence.events if event.phase is phase)
            return evidence.played.scenario.baseline_hold + sum(float(str(one)) for one in waited if one is not None)
        case Phase.BITES | Phase.DETECT:
            return took
        case Phase.RUNBOOK:
            fixed = evidence.fixed_at
            return took if fixed is None else min(took, max(0.0, fixed - span.begin) + _fixed_floor(evidence))
        case _:
            return 0.0


def _walk_floor(evidence: Evidence) -> float:
    """Of the time that a live gate is watched, what passes while it walks; 0 with any other guard rail."""
    prevention, span = evidence.played.scenario.prevention, evidence.phases.get(Phase.FAULT)
    if evidence.played.kind not in GUARD_RAILS or not isinstance(prevention, StoppedBy):
        return 0.0
    if evidence.injected is None or span is None:
        return 0.0
    walked = _end(evidence, span) - evidence.injected
    return min(walked, prevention.lasts)


def _onset_floor(evidence: Evidence) -> float:
    """Injection to threshold, at most what the scenario declares; 0 where it was never crossed."""
    first = onset(evidence)
    return min(first, evidence.played.scenario.onset) if first is not None else 0.0


def _detect_floor(evidence: Evidence) -> float:
    """F + W, or what was left of it after the harm: an alert that began to wait earlier did so beside the onset."""
    span = evidence.phases[Phase.DETECT]
    if evidence.injected is None:
        return _alert_floor(evidence)
    after = _end(evidence, span) - evidence.injected - _onset_floor(evidence)
    return min(_alert_floor(evidence), max(0.0, after))


def _alert_floor(evidence: Evidence) -> float:
    """F + W: `for` and group wait of the alert that recovery waits for."""
    rule = evidence.rule(evidence.played.scenario.detects[0].alert)
    return (rule.lab_for_s if rule else 0.0) + evidence.played.clock.group_wait_s


def same_time(evidence: Evidence) -> float | None:
    """How long a run without the fault has to be watched: until the runbook ends, and its recovery after that."""
    expected, scenario = evidence.played.expected_end_s, evidence.played.scenario
    return None if expected is None else expected + max(scenario.recurs or 0.0, scenario.recovery_hold)


def _recovery_floor(evidence: Evidence) -> float:
    scenario, kind = evidence.played.scenario, evidence.played.kind
    if kind is RunKind.NO_FAULT:
        return same_time(evidence) or 0.0
    first = onset(evidence) or 0.0
    if kind is RunKind.NO_FIX:
        return max(0.0, (evidence.played.expected_end_s or 0.0) - first)
    if kind in GUARD_RAILS:
        lasts = scenario.prevention.lasts if isinstance(scenario.prevention, Watched) else 0.0
        return lasts - _walk_floor(evidence)
    return _fixed_floor(evidence)


def _fixed_floor(evidence: Evidence) -> float:
    """What has to be watched after a fix: the alert's way back to silence, or that the harm does not return."""
    scenario = evidence.played.scenario
    rule = evidence.rule(scenario.detects[0].alert)
    resolved = (rule.window_s if rule else 0.0) + evidence.played.clock.group_interval_s
    lasting = scenario.recovery_hold + max(0.0, (scenario.recurs or 0.0) - _alert_floor(evidence))
    return max(resolved, lasting)


def detect_s(evidence: Evidence) -> float | None:
    """First firing of any documented alert minus injection."""
    return _after(evidence.injected, [first_firing(evidence, f.alert) for f in evidence.played.scenario.detects])


def notify_s(evidence: Evidence) -> float | None:
    """First delivery of any documented alert minus injection."""
    return _after(evidence.injected, [first_delivery(evidence, f) for f in evidence.played.scenario.detects])


def recover_s(evidence: Evidence) -> float | None:
    """Recovery minus the end of the last fix block."""
    return _after(evidence.fixed_at, [recovered_at(evidence)])


def resolve_s(evidence: Evidence) -> float | None:
    """Last documented alert delivered as resolved minus the end of the last fix block."""
    resolved = [resolved_at(evidence, f.alert) for f in evidence.played.scenario.detects]
    known = [at for at in resolved if at is not None]
    return _after(evidence.fixed_at, [max(known)] if known else [])


def _after(start: float | None, moments: list[float | None]) -> float | None:
    known = [moment for moment in moments if moment is not None]
    return None if start is None or not known else round(min(known) - start, 3)
