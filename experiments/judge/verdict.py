"""From evidence to verdict: which groups of checks a kind of run has to pass, and how they merge."""

from __future__ import annotations

from experiments.judge.baseline import baseline
from experiments.judge.controls import harm_stays, nothing_happens
from experiments.judge.detection import detects, nobody_is_paged, stays_inactive, stays_silent
from experiments.judge.drill import drill
from experiments.judge.ending import ending
from experiments.judge.evidence import Evidence
from experiments.judge.fix import invariants, recovers, runbook
from experiments.judge.guard_rails import guard_rail_holds
from experiments.judge.harm import bites, injected, onset
from experiments.judge.limits import outlasts
from experiments.judge.times import detect_s, notify_s, phase_times, recover_s, resolve_s
from experiments.record.files import Check, VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase, RunKind, Verdict


def judge(folder: RunFolder) -> VerdictFile:
    """Judge a run by what it left behind.

    Args:
        folder: a run folder; missing files are told, not guessed.

    Returns:
        The verdict with every check, the phases' floor and actual seconds, and the incident's times.

    Raises:
        FileNotFoundError: there is no scenario.json in the folder.
        pydantic.ValidationError: a file is damaged.
        NotRead: a line of a drill's file is damaged, or the file may not be read.
    """
    return weigh(Evidence.read(folder))


def weigh(evidence: Evidence) -> VerdictFile:
    """The verdict on evidence that is in memory already; see `judge`."""
    checks = _checks(evidence)
    phases = phase_times(evidence)
    wall = round(evidence.ended - evidence.started, 3)
    floor = round(sum(phase.floor_s for phase in phases), 3)
    first = onset(evidence)
    return VerdictFile(
        scenario=evidence.played.name,
        kind=evidence.played.kind,
        run_id=evidence.played.run_id,
        verdict=_merge(evidence, checks),
        checks=checks,
        phases=phases,
        wall_s=wall,
        floor_s=floor,
        overhead_s=round(wall - floor, 3),
        ratio=round(wall / floor, 3) if floor else None,
        onset_s=None if first is None else round(first, 3),
        detect_s=detect_s(evidence),
        notify_s=notify_s(evidence),
        recover_s=recover_s(evidence),
        resolve_s=resolve_s(evidence),
        versions=evidence.played.versions,
    )


def _checks(evidence: Evidence) -> list[Check]:
    before, after = baseline(evidence), ending(evidence)
    match evidence.played.kind:
        case RunKind.DRILL:
            middle = drill(evidence)
        case RunKind.INCIDENT:
            middle = [
                *injected(evidence),
                *bites(evidence),
                *detects(evidence),
                *stays_silent(evidence),
                *runbook(evidence),
                *outlasts(evidence, evidence.fixed_at, Phase.RUNBOOK),
                *recovers(evidence),
                *invariants(evidence),
            ]
        case RunKind.NO_FAULT:
            middle = [*stays_inactive(evidence), *nothing_happens(evidence), *invariants(evidence)]
        case RunKind.NO_FIX:
            middle = [
                *injected(evidence),
                *bites(evidence),
                *detects(evidence),
                *stays_silent(evidence),
                *harm_stays(evidence),
            ]
        case RunKind.PREVENTION | RunKind.SECOND_PREVENTION | RunKind.THIRD_PREVENTION:
            middle = [*guard_rail_holds(evidence), *nobody_is_paged(evidence), *invariants(evidence)]
    return [*before, *middle, *after]


def _merge(evidence: Evidence, checks: list[Check]) -> Verdict:
    if evidence.cleanup is not None and evidence.cleanup.interrupted:
        return Verdict.INTERRUPTED
    for check in checks:
        if check.held is None:
            return Verdict.LAB_ERROR
        if not check.held:
            return check.verdict
    return Verdict.PASSED
