"""Mutants of what is judged: rules, routes, traces and samples of a run that was recorded and passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from experiments.compile.conditions import by_name
from experiments.judge import Evidence
from experiments.model.alerts import Absorbs, RefusedBy, StoppedBy
from experiments.model.conditions import PromCondition
from experiments.model.scenario import Scenario
from experiments.mutants import evidence_changes as changes
from experiments.mutants import gate_changes as gate
from experiments.mutants.naming import of
from experiments.record.kinds import Phase, RunKind, Verdict

_GUARDED = ("trace.", "keeps.")


@dataclass(frozen=True)
class Rejudged:
    """One change of a recorded run.

    Args:
        name: short, unique within the scenario: `trace-missing.proof.0`.
        kind: which of the scenario's recorded runs is changed.
        must: the verdict that the changed evidence must lead to.
        change: from evidence to changed evidence.
    """

    name: str
    kind: RunKind
    must: Verdict
    change: Callable[[Evidence], Evidence]

    how: ClassVar[Literal["re-judged"]] = "re-judged"
    earliest: ClassVar[Phase] = Phase.BASELINE
    block: ClassVar[str] = ""


def rejudged(scenario: Scenario) -> list[Rejudged]:
    """Every re-judged mutant of a scenario.

    A condition of a guard rail's trace, or of what it keeps, is judged in that guard rail's run, as are the alerts that
    it pages; all others in the incident.
    """
    detects = [fires.alert for fires in scenario.detects]
    incident = {name: one for name, one in by_name(scenario).items() if not name.startswith(_GUARDED)}
    made = [_trace(name) for name in incident if name.startswith("proof.")]
    for alert in detects:
        for change in (changes.rule_deleted, changes.never_active, changes.pending_for_ever):
            made.append(_incident(change, alert, Verdict.NOT_DETECTED))
        if alert in scenario.held_back:
            made.append(_incident(changes.not_held_back, alert, Verdict.FALSE_ALARM))
        else:
            made.append(_incident(changes.not_routed, alert, Verdict.NOT_DETECTED))
    for alert in [*detects, *scenario.silent]:
        made.append(_incident(changes.always_true, alert, Verdict.BASELINE_FAILED))
    made += [_two_series(name) for name, one in incident.items() if isinstance(one, PromCondition)]
    made += [_incident(changes.fires_once, alert, Verdict.FALSE_ALARM) for alert in scenario.silent]
    for kind, guarded in scenario.guard_rails.items():
        made += _guard_rail(guarded, kind)
    return made


def _guard_rail(scenario: Scenario, kind: RunKind) -> list[Rejudged]:
    """The mutants of one guard rail's run."""
    prevention = scenario.prevention
    if isinstance(prevention, RefusedBy):
        return _gate(prevention, kind)
    guarded = [name for name in by_name(scenario) if name.startswith(_GUARDED)]
    return [
        *(_live_gate(prevention, kind) if isinstance(prevention, StoppedBy) else ()),
        *(_trace(name, kind) for name in guarded if name.startswith("trace.")),
        *(_not_kept(name, kind) for name in guarded if name.startswith("keeps.")),
        *(_nobody_told(alert, kind) for alert in (prevention.pages if isinstance(prevention, Absorbs) else ())),
        *(_two_series(name, kind) for name in guarded),
    ]


def _live_gate(prevention: StoppedBy, kind: RunKind) -> list[Rejudged]:
    broken = (
        (gate.not_put_back, Verdict.NOT_PREVENTED),
        (gate.could_not_ask, Verdict.LAB_ERROR),
        (gate.never_at_the_canary, Verdict.NO_EFFECT),
    )
    made = [Rejudged(of(kind, f"{_words(change)}.{prevention.tool}"), kind, must, change) for change, must in broken]
    return [*_gate(prevention, kind), *made]


def _gate(prevention: RefusedBy | StoppedBy, kind: RunKind) -> list[Rejudged]:
    must = Verdict.NOT_PREVENTED
    made = [
        Rejudged(of(kind, f"{_words(change)}.{prevention.tool}"), kind, must, change)
        for change in (gate.let_through, gate.applied_all_the_same)
    ]
    for n, message in enumerate(prevention.messages):
        change = partial(_changed, gate.says_otherwise, message)
        made.append(Rejudged(of(kind, f"{_words(gate.says_otherwise)}.{n}"), kind, must, change))
    return made


def _incident(change: Callable[[Evidence, str], Evidence], alert: str, must: Verdict) -> Rejudged:
    name = f"{_words(change)}.{alert}"
    return Rejudged(name, RunKind.INCIDENT, must, partial(_changed, change, alert))


def _trace(condition: str, kind: RunKind = RunKind.INCIDENT) -> Rejudged:
    name = of(kind, f"{_words(changes.trace_missing)}.{condition}")
    return Rejudged(name, kind, Verdict.NO_EFFECT, partial(_changed, changes.trace_missing, condition))


def _not_kept(condition: str, kind: RunKind) -> Rejudged:
    change = partial(_changed, changes.not_kept, condition)
    return Rejudged(of(kind, f"{_words(changes.not_kept)}.{condition}"), kind, Verdict.NOT_PREVENTED, change)


def _nobody_told(alert: str, kind: RunKind) -> Rejudged:
    change = partial(_changed, changes.not_routed, alert)
    return Rejudged(of(kind, f"nobody-told.{alert}"), kind, Verdict.NOT_PREVENTED, change)


def _two_series(condition: str, kind: RunKind = RunKind.INCIDENT) -> Rejudged:
    name = of(kind, f"{_words(changes.two_series)}.{condition}")
    return Rejudged(name, kind, Verdict.LAB_ERROR, partial(_changed, changes.two_series, condition))


def _changed(change: Callable[[Evidence, str], Evidence], what: str, evidence: Evidence) -> Evidence:
    return change(evidence, what)


def _words(change: Callable[..., Evidence]) -> str:
    return change.__name__.replace("_", "-")
