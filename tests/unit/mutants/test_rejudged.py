"""Re-judged mutants: each one dies by the check it is aimed at, and one that nothing looks at survives."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.judge import Evidence, weigh
from experiments.model.alerts import absorbs, refused_by
from experiments.mutants.rejudged import Rejudged, rejudged
from experiments.mutants.result import result
from experiments.record.files import ConditionSamples, Event
from experiments.record.kinds import Phase, RunKind, Verdict
from tests.unit.judge.recorded import END, HELD_BACK, SCENARIO, Recorded

pytestmark = pytest.mark.unit

TRACE = "sum(dropped) > 0"
GUARDED = SCENARIO.model_copy(update={"prevention": absorbs(lasts="40s", trace=(TRACE,))})
MUTANTS = {mutant.name: mutant for mutant in rejudged(GUARDED)}


def recorded(kind: RunKind, path: Path) -> Evidence:
    """A run that passed: of the incident, or behind the guard rail with the trace that it asks for."""
    run = Recorded(kind) if kind is RunKind.INCIDENT else Recorded(kind, lambda at: 5.0)
    run.played = run.played.model_copy(update={"scenario": GUARDED})
    assert run.signals
    moments = [float(at) for at in range(int(END) + 1)]
    run.signals.conditions.append(
        ConditionSamples(
            id="trace.0",
            group="trace",
            title=TRACE,
            expr=TRACE,
            op=">",
            left=[(at, 3.0) for at in moments],
            right=[(at, 0.0) for at in moments],
        )
    )
    return Evidence.read(run.write(path / kind.value))


def judged(mutant: Rejudged, path: Path) -> Verdict:
    return weigh(mutant.change(recorded(mutant.kind, path))).verdict


@pytest.mark.parametrize("kind", [RunKind.INCIDENT, RunKind.PREVENTION])
def test_the_runs_that_are_broken_pass_unbroken(kind: RunKind, tmp_path: Path) -> None:
    verdict = weigh(recorded(kind, tmp_path))
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_each_mutant_ends_as_it_must(name: str, tmp_path: Path) -> None:
    assert judged(MUTANTS[name], tmp_path) is MUTANTS[name].must


def test_every_row_of_the_table_that_is_re_judged_is_there() -> None:
    assert {(name.partition(".")[0], mutant.must) for name, mutant in MUTANTS.items()} == {
        ("trace-missing", Verdict.NO_EFFECT),
        ("rule-deleted", Verdict.NOT_DETECTED),
        ("never-active", Verdict.NOT_DETECTED),
        ("pending-for-ever", Verdict.NOT_DETECTED),
        ("not-routed", Verdict.NOT_DETECTED),
        ("always-true", Verdict.BASELINE_FAILED),
        ("two-series", Verdict.LAB_ERROR),
        ("fires-once", Verdict.FALSE_ALARM),
    }


def test_a_second_guard_rail_has_mutants_of_its_own(tmp_path: Path) -> None:
    gate = refused_by("check", "no", "never")
    both = GUARDED.model_copy(update={"prevention": gate, "second_prevention": GUARDED.prevention})
    found = {mutant.name: mutant for mutant in rejudged(both)}
    behind = {name: one for name, one in found.items() if one.kind is not RunKind.INCIDENT}
    assert {(name, one.kind) for name, one in behind.items()} == {
        ("let-through.check", RunKind.PREVENTION),
        ("applied-all-the-same.check", RunKind.PREVENTION),
        ("says-otherwise.0", RunKind.PREVENTION),
        ("says-otherwise.1", RunKind.PREVENTION),
        ("trace-missing.trace.0.second", RunKind.SECOND_PREVENTION),
        ("two-series.trace.0.second", RunKind.SECOND_PREVENTION),
    }
    mutant = behind["trace-missing.trace.0.second"]
    assert judged(mutant, tmp_path) is mutant.must


def test_each_condition_and_each_alert_has_its_own() -> None:
    for name in ("two-series.mitigated.0", "two-series.trace.0", "trace-missing.proof.0", "trace-missing.trace.0"):
        assert name in MUTANTS
    assert {"always-true.QueueFull", "always-true.ApiDown", "fires-once.ApiDown"} <= set(MUTANTS)
    assert "fires-once.QueueFull" not in MUTANTS


def test_who_is_held_back_must_not_arrive_instead_of_having_to(tmp_path: Path) -> None:
    mutants = {mutant.name: mutant for mutant in rejudged(HELD_BACK)}
    assert "not-routed.ConsumerDown" not in mutants and "not-held-back.QueueFull" not in mutants
    evidence = Evidence.read(Recorded().with_held_back().write(tmp_path))
    assert weigh(evidence).verdict is Verdict.PASSED
    for name in ("not-held-back", "rule-deleted", "never-active", "pending-for-ever"):
        mutant = mutants[f"{name}.ConsumerDown"]
        assert weigh(mutant.change(evidence)).verdict is mutant.must


def test_each_way_in_which_a_gate_is_none_is_noticed(tmp_path: Path) -> None:
    gated = SCENARIO.model_copy(update={"prevention": refused_by("gate", "no jitter", "one lifetime")})
    run = Recorded(RunKind.PREVENTION, lambda at: 5.0)
    run.played = run.played.model_copy(update={"scenario": gated})
    folder = run.write(tmp_path)
    shown = {"gate": "gate", "exit_code": 1, "output": "no jitter, and one lifetime for all", "changed": []}
    folder.append(Event(at=19.5, what="step", phase=Phase.FAULT, title="the gate is shown the change", detail=shown))
    evidence = Evidence.read(folder)
    assert weigh(evidence).verdict is Verdict.PASSED
    mutants = {one.name: one for one in rejudged(gated) if one.kind is RunKind.PREVENTION}
    assert sorted(mutants) == ["applied-all-the-same.gate", "let-through.gate", "says-otherwise.0", "says-otherwise.1"]
    for mutant in mutants.values():
        assert weigh(mutant.change(evidence)).verdict is mutant.must is Verdict.NOT_PREVENTED


def test_the_trace_of_the_guard_rail_is_judged_in_the_prevention_run() -> None:
    assert MUTANTS["trace-missing.trace.0"].kind is RunKind.PREVENTION
    assert MUTANTS["trace-missing.proof.0"].kind is RunKind.INCIDENT


def test_a_condition_that_no_check_looks_at_survives(tmp_path: Path) -> None:
    """`mitigated` of a runbook without a mitigate block is never asked: its mutant is what tells."""
    mutant = MUTANTS["two-series.mitigated.0"]
    evidence = recorded(RunKind.INCIDENT, tmp_path)
    blind = evidence.played.model_copy(update={"blocks": [b for b in evidence.played.blocks if b.kind != "mitigate"]})
    changed = mutant.change(evidence)
    object.__setattr__(changed, "played", blind)
    found = result(mutant, weigh(changed), "r1", 0.1, None)
    assert found.survived
    assert (found.ended, found.decided_by) == (Verdict.PASSED, "every check held")


def test_the_check_that_killed_a_mutant_is_named(tmp_path: Path) -> None:
    mutant = MUTANTS["not-routed.QueueFull"]
    verdict = weigh(mutant.change(recorded(RunKind.INCIDENT, tmp_path)))
    assert result(mutant, verdict, "r1", 0.1, None).decided_by == "QueueFull arrives at queue-oncall: never"
