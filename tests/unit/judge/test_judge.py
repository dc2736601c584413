"""The judge on recorded runs: each break leads to its own verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.judge import judge
from experiments.model.alerts import refused_by
from experiments.record.files import AlertSamples, Event, RunbookBlock, VerdictFile
from experiments.record.kinds import Phase, RunKind, Verdict
from tests.unit.judge.recorded import BITES, FIXED, HARM_ENDS, Recorded, queue

pytestmark = pytest.mark.unit

VERIFY = RunbookBlock(index=3, section="Verification", kind="verify", line=40, script="true")


def judged(run: Recorded, path: Path) -> VerdictFile:
    return judge(run.write(path / "run"))


def quiet(at: float) -> float:
    return 5.0


def test_a_whole_incident_passes_and_its_times_are_right(tmp_path: Path) -> None:
    verdict = judged(Recorded(), tmp_path)
    assert verdict.verdict is Verdict.PASSED, [c for c in verdict.checks if not c.held]
    assert verdict.onset_s == 10.0
    assert verdict.detect_s == 12.0
    assert verdict.notify_s == 14.0
    assert verdict.recover_s == HARM_ENDS - FIXED
    # baseline 10 + onset 10 + (for 2 + group wait 1) + max(window 5 + interval 5, hold 10 + recurs 40 - 3)
    assert verdict.floor_s == 10 + 10 + 3 + 47
    assert verdict.overhead_s == 90 - 70


def test_what_an_alert_waited_beside_the_onset_is_not_in_the_floor_twice(tmp_path: Path) -> None:
    run = Recorded()
    run.phases = [(phase, begin, 31.2 if phase is Phase.DETECT else end) for phase, begin, end in run.phases]
    floors = {one.phase: one.floor_s for one in judged(run, tmp_path).phases}
    # harm 10 s after the injection at 20, detected at 31.2: of the alert's 3 s only 1.2 came after the harm
    assert (floors[Phase.BITES], floors[Phase.DETECT]) == (10.0, 1.2)


@pytest.mark.parametrize("kind", [RunKind.NO_FAULT, RunKind.PREVENTION])
def test_a_quiet_control_run_passes(kind: RunKind, tmp_path: Path) -> None:
    run = Recorded(kind, quiet)
    for block in run.blocks:
        object.__setattr__(block, "matched", False)
    assert judged(run, tmp_path).verdict is Verdict.PASSED


def test_harm_that_returns_is_what_a_run_without_fix_must_show(tmp_path: Path) -> None:
    returns = Recorded(RunKind.NO_FIX, lambda at: 100.0 if BITES <= at < HARM_ENDS or 70 <= at < 84 else 5.0)
    assert judged(returns, tmp_path).verdict is Verdict.PASSED


def test_a_rule_that_waits_for_absence_needs_no_input(tmp_path: Path) -> None:
    incident = Recorded()
    assert incident.signals
    health = incident.signals.rule_health[1]
    incident.signals.rule_health[1] = health.model_copy(update={"inputs": 0, "needs": False})
    assert judged(incident, tmp_path).verdict is Verdict.PASSED


def test_harm_that_never_returns_proves_nothing_about_the_runbook(tmp_path: Path) -> None:
    ends = Recorded(RunKind.NO_FIX)
    ends.played = ends.played.model_copy(update={"expected_end_s": 40.0})
    assert judged(ends, tmp_path).verdict is Verdict.NO_EFFECT


def no_harm(run: Recorded) -> None:
    run.__init__(value=quiet)  # type: ignore[misc]


def no_trace(run: Recorded) -> None:
    assert run.signals
    proof = run.signals.conditions[2]
    run.signals.conditions[2] = proof.model_copy(update={"left": [(at, 0.0) for at, _ in proof.left]})


def no_rule(run: Recorded) -> None:
    assert run.signals
    run.signals.alerts.clear()


def no_route(run: Recorded) -> None:
    assert run.notifications
    run.notifications.deliveries = []


def wrong_receiver(run: Recorded) -> None:
    assert run.notifications
    run.notifications.deliveries = [run.delivery(34.0, "firing", receiver="nobody"), run.delivery(56.0, "resolved")]


def always_firing(run: Recorded) -> None:
    assert run.signals
    states = [(float(at), "firing") for at in range(90)]
    run.signals.alerts[:] = [AlertSamples.model_validate({"alert": "QueueFull", "labels": {}, "samples": states})]


def no_input(run: Recorded) -> None:
    assert run.signals
    run.signals.rule_health[1] = run.signals.rule_health[1].model_copy(update={"inputs": 0})


def input_without_samples(run: Recorded) -> None:
    assert run.signals
    health = run.signals.rule_health[1]
    run.signals.rule_health[1] = health.model_copy(update={"inputs": 3, "empty": ('up{job="api"}',)})


def rule_does_not_evaluate(run: Recorded) -> None:
    assert run.signals
    run.signals.rule_health[1] = run.signals.rule_health[1].model_copy(update={"error": "many-to-many"})


def no_such_rule(run: Recorded) -> None:
    assert run.signals
    run.signals.rule_health[0] = run.signals.rule_health[0].model_copy(update={"inputs": 0, "loaded": False})


def no_such_silent_rule(run: Recorded) -> None:
    assert run.signals
    run.signals.rule_health[1] = run.signals.rule_health[1].model_copy(update={"inputs": 0, "loaded": False})


def mitigation_mends_nothing(run: Recorded) -> None:
    """As the engine ends it: the fix never ran, and the recovery never began."""
    assert run.signals
    mitigated = run.signals.conditions[3]
    run.signals.conditions[3] = mitigated.model_copy(update={"left": [(at, 99.0) for at, _ in mitigated.left]})
    run.blocks = run.blocks[:2]
    run.phases = [span for span in run.phases if span[0] is not Phase.RECOVER]


def fix_mends_nothing(run: Recorded) -> None:
    """As the engine ends it: the system is ill at the end, and what verifies never ran."""
    run.__init__(value=lambda at: 100.0 if at >= BITES else 5.0)  # type: ignore[misc]
    run.played = run.played.model_copy(update={"blocks": [*run.played.blocks, VERIFY]})


def verify_refuses(run: Recorded) -> None:
    run.played = run.played.model_copy(update={"blocks": [*run.played.blocks, VERIFY]})
    run.blocks.append(run.blocks[2].model_copy(update={"index": 3, "kind": "verify", "exit_code": 1}))


def verify_skipped(run: Recorded) -> None:
    run.played = run.played.model_copy(update={"blocks": [*run.played.blocks, VERIFY]})


def block_skipped(run: Recorded) -> None:
    run.blocks.pop()


def block_fails(run: Recorded) -> None:
    run.blocks[2] = run.blocks[2].model_copy(update={"exit_code": 1})


def block_hangs(run: Recorded) -> None:
    run.blocks[1] = run.blocks[1].model_copy(update={"exit_code": None})


def evidence_missing(run: Recorded) -> None:
    run.blocks[0] = run.blocks[0].model_copy(update={"matched": False})


def harm_returns(run: Recorded) -> None:
    run.__init__(value=lambda at: 100.0 if at >= 70 and at < 75 else queue(at))  # type: ignore[misc]


def ends_too_early(run: Recorded) -> None:
    run.phases = [(p, b, 60.0 if p is Phase.RECOVER else e) for p, b, e in run.phases if p is not Phase.UNDO]


def never_resolved(run: Recorded) -> None:
    assert run.notifications
    run.notifications.deliveries.pop()


def silent_alert_fires(run: Recorded) -> None:
    assert run.signals
    run.signals.alerts.append(
        AlertSamples.model_validate({"alert": "ApiDown", "labels": {}, "samples": [(50.0, "firing")]})
    )


def prometheus_unreachable(run: Recorded) -> None:
    assert run.signals
    run.signals = run.signals.model_copy(update={"error": "connection refused", "conditions": [], "alerts": []})


def signals_lost(run: Recorded) -> None:
    run.signals = None


def hole_in_baseline(run: Recorded) -> None:
    assert run.signals
    healthy = run.signals.conditions[0]
    run.signals.conditions[0] = healthy.model_copy(
        update={"left": [(at, value) for at, value in healthy.left if not 10 < at < 18]}
    )


def condition_not_asked(run: Recorded) -> None:
    assert run.signals
    run.signals.conditions.pop()


def pager_dead(run: Recorded) -> None:
    assert run.notifications
    run.notifications.watchdog_at = None


def unhealthy_before(run: Recorded) -> None:
    run.__init__(value=lambda at: 15.0 if at < 12 else queue(at))  # type: ignore[misc]


def something_left(run: Recorded) -> None:
    assert run.cleanup
    run.cleanup.differences = ["namespace queue still there"]


def cleanup_lost(run: Recorded) -> None:
    run.cleanup = None


def stopped(run: Recorded) -> None:
    assert run.cleanup
    run.cleanup.interrupted = True


@pytest.mark.parametrize(
    ("broken", "verdict"),
    [
        (no_harm, Verdict.NO_EFFECT),
        (no_trace, Verdict.NO_EFFECT),
        (no_rule, Verdict.NOT_DETECTED),
        (no_route, Verdict.NOT_DETECTED),
        (wrong_receiver, Verdict.NOT_DETECTED),
        (always_firing, Verdict.BASELINE_FAILED),
        (no_input, Verdict.BASELINE_FAILED),
        (input_without_samples, Verdict.BASELINE_FAILED),
        (no_such_silent_rule, Verdict.BASELINE_FAILED),
        (no_such_rule, Verdict.NOT_DETECTED),
        (rule_does_not_evaluate, Verdict.LAB_ERROR),
        (unhealthy_before, Verdict.BASELINE_FAILED),
        (mitigation_mends_nothing, Verdict.NOT_FIXED),
        (fix_mends_nothing, Verdict.NOT_FIXED),
        (verify_refuses, Verdict.NOT_FIXED),
        (verify_skipped, Verdict.LAB_ERROR),
        (block_fails, Verdict.NOT_FIXED),
        (block_hangs, Verdict.NOT_FIXED),
        (evidence_missing, Verdict.NOT_FIXED),
        (harm_returns, Verdict.NOT_FIXED),
        (ends_too_early, Verdict.NOT_FIXED),
        (never_resolved, Verdict.NOT_FIXED),
        (silent_alert_fires, Verdict.FALSE_ALARM),
        (block_skipped, Verdict.LAB_ERROR),
        (prometheus_unreachable, Verdict.LAB_ERROR),
        (signals_lost, Verdict.LAB_ERROR),
        (hole_in_baseline, Verdict.LAB_ERROR),
        (condition_not_asked, Verdict.LAB_ERROR),
        (pager_dead, Verdict.LAB_ERROR),
        (something_left, Verdict.CLEANUP_FAILED),
        (cleanup_lost, Verdict.CLEANUP_FAILED),
        (stopped, Verdict.INTERRUPTED),
    ],
)
def test_each_break_has_its_verdict(broken: Callable[[Recorded], None], verdict: Verdict, tmp_path: Path) -> None:
    run = Recorded()
    broken(run)
    found = judged(run, tmp_path)
    assert found.verdict is verdict, [c for c in found.checks if not c.held]


def test_a_mitigation_seen_between_two_samples_is_in_the_next_one(tmp_path: Path) -> None:
    """The engine's probe answers at one moment; a fix that takes no time leaves no sample before the recovery."""
    run = Recorded()
    assert run.signals
    mitigated = run.signals.conditions[3]
    late = [(at, 99.0 if at < 44.0 else 1.0) for at, _ in mitigated.left]
    run.signals.conditions[3] = mitigated.model_copy(update={"left": late})
    assert judged(run, tmp_path).verdict is Verdict.PASSED


def test_an_alert_that_is_held_back_pages_nobody(tmp_path: Path) -> None:
    verdict = judged(Recorded().with_held_back(), tmp_path)
    assert verdict.verdict is Verdict.PASSED, [c for c in verdict.checks if not c.held]
    assert "ConsumerDown is held back" in {c.name for c in verdict.checks}
    assert "ConsumerDown is delivered as resolved" not in {c.name for c in verdict.checks}


def test_a_page_that_should_be_held_back_is_a_false_alarm(tmp_path: Path) -> None:
    run = Recorded().with_held_back()
    assert run.notifications
    run.notifications.deliveries.append(Recorded.delivery(35.0, "firing", "ConsumerDown", "oncall"))
    assert judged(run, tmp_path).verdict is Verdict.FALSE_ALARM


def test_who_fired_too_shortly_for_a_page_was_held_back_by_nobody(tmp_path: Path) -> None:
    run = Recorded().with_held_back()
    assert run.signals
    run.signals.alerts[1] = run.signals.alerts[1].model_copy(update={"samples": run.signals.alerts[1].samples[:4]})
    assert judged(run, tmp_path).verdict is Verdict.LAB_ERROR


def test_who_is_held_back_has_to_fire(tmp_path: Path) -> None:
    run = Recorded().with_held_back()
    assert run.signals
    del run.signals.alerts[1]
    assert judged(run, tmp_path).verdict is Verdict.NOT_DETECTED


def test_alerts_without_a_fault_are_false_alarms(tmp_path: Path) -> None:
    run = Recorded(RunKind.NO_FAULT, quiet)
    assert run.notifications
    run.notifications.deliveries = [run.delivery(34.0, "firing")]
    assert judged(run, tmp_path).verdict is Verdict.FALSE_ALARM


@pytest.mark.parametrize(("at", "verdict"), [(8.5, Verdict.PASSED), (9.5, Verdict.BASELINE_FAILED)])
def test_what_is_absent_while_the_lab_deploys_is_no_alarm(tmp_path: Path, at: float, verdict: Verdict) -> None:
    run = Recorded()
    assert run.signals
    absent = {"alert": "ApiDown", "labels": {}, "samples": [(at, "firing")]}
    run.signals.alerts.append(AlertSamples.model_validate(absent))
    assert judged(run, tmp_path).verdict is verdict


def test_evidence_that_matches_without_a_fault_proves_nothing(tmp_path: Path) -> None:
    assert judged(Recorded(RunKind.NO_FAULT, quiet), tmp_path).verdict is Verdict.FALSE_ALARM


def refused_run(path: Path, *after: Event) -> VerdictFile:
    run = Recorded(RunKind.PREVENTION, quiet)
    prevention = refused_by("gate", "no way in")
    run.played = run.played.model_copy(
        update={"scenario": run.played.scenario.model_copy(update={"prevention": prevention})}
    )
    folder = run.write(path / "run")
    shown = {"gate": "gate", "exit_code": 1, "output": "no way in for monitoring", "changed": []}
    folder.append(Event(at=19.5, what="step", phase=Phase.FAULT, title="gate is shown the change", detail=shown))
    for event in after:
        folder.append(event)
    return judge(folder)


def test_a_gate_that_refuses_prevents(tmp_path: Path) -> None:
    assert refused_run(tmp_path).verdict is Verdict.PASSED


def test_behind_a_gate_the_pager_has_to_be_asked_too(tmp_path: Path) -> None:
    unasked = Event(at=30.0, what="error", phase=Phase.RECOVER, title="nobody is paged: the pager could not be asked")
    assert refused_run(tmp_path, unasked).verdict is Verdict.LAB_ERROR


def test_harm_behind_the_guard_rail_is_not_prevented(tmp_path: Path) -> None:
    assert judged(Recorded(RunKind.PREVENTION), tmp_path).verdict is Verdict.NOT_PREVENTED


@pytest.mark.parametrize(
    ("said", "code", "verdict"),
    [
        ("no jitter, and one lifetime for all", 1, Verdict.PASSED),
        ("no jitter", 1, Verdict.NOT_PREVENTED),
        ("no jitter, and one lifetime for all", 0, Verdict.NOT_PREVENTED),
    ],
)
def test_a_gate_refuses_with_every_one_of_its_messages(said: str, code: int, verdict: Verdict, tmp_path: Path) -> None:
    run = Recorded(RunKind.PREVENTION, quiet)
    gated = run.played.scenario.model_copy(update={"prevention": refused_by("gate", "no jitter", "one lifetime")})
    run.played = run.played.model_copy(update={"scenario": gated})
    folder = run.write(tmp_path / "run")
    detail = {"gate": "gate", "exit_code": code, "output": said, "changed": []}
    folder.append(Event(at=19.5, what="step", phase=Phase.FAULT, title="the gate is shown the change", detail=detail))
    assert judge(folder).verdict is verdict


def test_a_page_that_comes_before_the_last_step_returned_counts(tmp_path: Path) -> None:
    run = Recorded()
    assert run.notifications
    run.notifications.deliveries[0] = run.delivery(19.5, "firing")
    verdict = judge(run.write(tmp_path / "during"))
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]
    assert verdict.notify_s == -0.5
    run.notifications.deliveries[0] = run.delivery(18.5, "firing")
    assert judge(run.write(tmp_path / "before")).verdict is Verdict.NOT_DETECTED
