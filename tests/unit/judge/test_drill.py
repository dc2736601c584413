"""The judge on drills: what a person did is a fix or it is not, whatever the runbook says."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.drill.desk import Desk
from experiments.drill.options import DrillOptions
from experiments.judge import judge
from experiments.judge.evidence import ACCEPTED
from experiments.record.drill import Finding, Look
from experiments.record.files import Event, VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase, RunKind, Verdict
from tests.unit.judge.recorded import END, HARM_ENDS, INJECTED, Recorded

pytestmark = pytest.mark.unit

DECLARED, ACCEPTED_AT = 50.0, 84.0
SILENCED = Finding(kind="alert-silenced", thing="silence of Down", text="A silence is active.", refuses=True)
LEFT = Finding(kind="collateral", thing="pod queue/debug", text="The pod queue/debug was left behind.", refuses=False)


class Drill:
    """A drill in which the fix was accepted; change a part, then `judged`."""

    def __init__(self) -> None:
        self.run = Recorded(RunKind.DRILL)
        self.run.played = self.run.played.model_copy(update={"drill": DrillOptions(limit_s=60)})
        self.run.phases = [
            (Phase.DEPLOY, 0.0, 8.0),
            (Phase.BASELINE, 8.0, 19.0),
            (Phase.FAULT, 19.0, INJECTED),
            (Phase.BITES, 20.0, 31.0),
            (Phase.DETECT, 31.0, 34.0),
            (Phase.RUNBOOK, 34.0, 86.0),
            (Phase.UNDO, 86.0, 87.0),
            (Phase.CLEANUP, 87.0, END),
        ]
        self.accepted = True
        self.look: Look | None = Look(at=83.0, of="", findings=[LEFT])
        self.ended = "accepted"
        self.since, self.until = HARM_ENDS, 82.0

    def folder(self, path: Path) -> RunFolder:
        folder = self.run.write(path / "run")
        desk = Desk(folder)
        desk.say("paged", at=34.0)
        desk.say("refused", of="m1", at=40.0, reasons=["The system is not well."])
        detail = {"since": self.since, "until": self.until, "declared": DECLARED}
        if self.accepted:
            desk.say("accepted", of="m2", at=ACCEPTED_AT)
            at, phase = ACCEPTED_AT, Phase.RUNBOOK
            folder.append(Event(at=at, what="condition", phase=phase, title=ACCEPTED, held=True, detail=detail))
        folder.append(Event(at=END, what="note", phase=Phase.CLEANUP, title="over"))
        if self.look is not None:
            desk.look(self.look)
        desk.say("ended", self.ended, at=85.0)
        return folder

    def judged(self, path: Path) -> VerdictFile:
        return judge(self.folder(path))


def why(verdict: VerdictFile) -> list[tuple[str, str]]:
    return [(one.name, one.evidence) for one in verdict.checks if not one.held]


def test_an_accepted_fix_passes_and_its_times_are_sensible(tmp_path: Path) -> None:
    verdict = Drill().judged(tmp_path)
    assert verdict.verdict is Verdict.PASSED, why(verdict)
    assert (verdict.detect_s, verdict.notify_s) == (12.0, 14.0)
    assert verdict.recover_s == 0.0 and verdict.resolve_s == 12.0
    # hold 10, bites 11, detect 3, the person 44 - 34, and what has to be watched: hold 10 + recurs 40 - 3, at most 42
    assert verdict.floor_s == 10 + 11 + 3 + 52
    assert verdict.overhead_s == END - 76
    assert [one.evidence for one in verdict.checks if "silenced" in one.name] == ["nothing; beside it: pod queue/debug"]


def test_the_quiet_time_belongs_to_the_floor(tmp_path: Path) -> None:
    drill = Drill()
    folder = drill.folder(tmp_path)
    folder.append(Event(at=18.0, what="note", phase=Phase.BASELINE, title="quiet", detail={"waited_s": 0.7}))
    assert judge(folder).floor_s == pytest.approx(10 + 0.7 + 11 + 3 + 52)


def test_no_runbook_block_is_asked_for(tmp_path: Path) -> None:
    assert not [one for one in Drill().judged(tmp_path).checks if "RUNBOOK.md" in one.name]


@pytest.mark.parametrize("ended", ["out of time", "given up", "ended by the facilitator"])
def test_a_drill_without_a_fix_is_not_fixed(tmp_path: Path, ended: str) -> None:
    drill = Drill()
    drill.accepted, drill.ended = False, ended
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.NOT_FIXED
    assert why(verdict) == [("a declared fix was accepted", f"{ended}; 1 declared and refused")]
    assert verdict.recover_s is None and verdict.overhead_s > 0


def test_what_a_look_refuses_is_no_fix(tmp_path: Path) -> None:
    drill = Drill()
    drill.look = Look(at=83.0, of="", findings=[SILENCED])
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.NOT_FIXED and why(verdict)[0][1] == "A silence is active."


@pytest.mark.parametrize("look", [None, Look(at=83.0, of="", findings=[], error="no answer")])
def test_a_system_that_nobody_looked_at_is_an_error_of_the_lab(tmp_path: Path, look: Look | None) -> None:
    drill = Drill()
    drill.look = look
    assert drill.judged(tmp_path).verdict is Verdict.LAB_ERROR


def test_a_look_at_a_refused_fix_does_not_count(tmp_path: Path) -> None:
    drill = Drill()
    folder = drill.folder(tmp_path)
    Desk(folder).look(Look(at=40.0, of="m1", findings=[SILENCED]))
    assert judge(folder).verdict is Verdict.PASSED


def test_harm_within_what_was_watched_is_no_recovery(tmp_path: Path) -> None:
    drill = Drill()
    drill.run = Recorded(RunKind.DRILL, lambda at: 100.0 if 30 <= at < 44 or 70 <= at < 74 else 5.0)
    fresh = Drill()
    drill.run.played, drill.run.phases = fresh.run.played, fresh.run.phases
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.NOT_FIXED
    assert {"recovery lasts"} <= {name for name, _ in why(verdict)}


def test_a_recovery_that_was_not_watched_to_the_next_harm_is_none(tmp_path: Path) -> None:
    drill = Drill()
    drill.until = 72.0  # the harm of 30 is due again at 70, and has to stay away for 10 s
    assert [name for name, _ in why(drill.judged(tmp_path))] == ["recovery lasts"]


def test_nobody_paged_is_not_detected(tmp_path: Path) -> None:
    drill = Drill()
    assert drill.run.notifications
    drill.run.notifications.deliveries.clear()
    drill.accepted, drill.ended = False, "nobody was paged"
    assert drill.judged(tmp_path).verdict is Verdict.NOT_DETECTED


def test_a_further_alert_that_never_came_is_no_fault_of_the_labs(tmp_path: Path) -> None:
    drill = Drill()
    assert drill.run.signals
    scenario = drill.run.played.scenario
    more = scenario.detects[0].model_copy(update={"alert": "ConsumerDown"})
    drill.run.played = drill.run.played.model_copy(
        update={"scenario": scenario.model_copy(update={"detects": (*scenario.detects, more)})}
    )
    drill.run.signals.rule_health.append(drill.run.signals.rule_health[0].model_copy(update={"alert": "ConsumerDown"}))
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.PASSED, why(verdict)


def test_an_alert_that_still_fires_is_no_fix(tmp_path: Path) -> None:
    drill = Drill()
    assert drill.run.signals
    [alert] = drill.run.signals.alerts
    samples = [(float(at), "firing") for at in range(32, 89)]
    drill.run.signals.alerts = [type(alert).model_validate({**alert.model_dump(), "samples": samples})]
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.NOT_FIXED and why(verdict)[0][0] == "QueueFull resolves"


@pytest.mark.parametrize(("at", "verdict"), [(25.0, Verdict.FALSE_ALARM), (45.0, Verdict.PASSED)])
def test_a_silent_alert_is_a_false_alarm_until_somebody_is_at_work(tmp_path: Path, at: float, verdict: Verdict) -> None:
    drill = Drill()
    assert drill.run.signals
    [alert] = drill.run.signals.alerts
    silent = {**alert.model_dump(), "alert": "ApiDown", "samples": [(at, "firing")]}
    drill.run.signals.alerts.append(type(alert).model_validate(silent))
    assert drill.judged(tmp_path).verdict is verdict


def test_who_is_quick_may_keep_the_trace_from_showing(tmp_path: Path) -> None:
    drill = Drill()
    assert drill.run.signals
    proof = next(one for one in drill.run.signals.conditions if one.id == "proof.0")
    quiet = proof.model_copy(update={"left": [(at, 0.0) for at, _ in proof.left]})
    drill.run.signals.conditions[drill.run.signals.conditions.index(proof)] = quiet
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.PASSED, why(verdict)


def test_who_is_paged_before_the_trace_shows_finds_a_lab_that_still_looks_for_it(tmp_path: Path) -> None:
    drill = Drill()
    early = {Phase.BITES: (INJECTED, INJECTED), Phase.DETECT: (INJECTED, INJECTED), Phase.RUNBOOK: (INJECTED, 86.0)}
    drill.run.phases = [(phase, *early.get(phase, (begin, end))) for phase, begin, end in drill.run.phases]
    verdict = drill.judged(tmp_path)
    assert verdict.verdict is Verdict.PASSED, why(verdict)


def test_what_a_browser_does_while_everybody_waits_is_no_news_of_the_system(tmp_path: Path) -> None:
    drill = Drill()
    assert drill.run.signals
    healthy = next(one for one in drill.run.signals.conditions if one.id == "healthy.0")
    slow = healthy.model_copy(update={"left": [(at, 1e9 if 15 < at < 19 else left) for at, left in healthy.left]})
    drill.run.signals.conditions[drill.run.signals.conditions.index(healthy)] = slow
    assert drill.judged(tmp_path).verdict is Verdict.BASELINE_FAILED
    Desk(RunFolder(tmp_path / "run")).say("waiting", at=15.0)
    assert judge(RunFolder(tmp_path / "run")).verdict is Verdict.PASSED


def test_a_fault_without_any_trace_had_no_effect(tmp_path: Path) -> None:
    drill = Drill()
    drill.run = Recorded(RunKind.DRILL, lambda at: 5.0)
    fresh = Drill()
    drill.run.played = fresh.run.played
    drill.run.phases = [one for one in fresh.run.phases if one[0] not in (Phase.DETECT, Phase.RUNBOOK)]
    drill.accepted, drill.ended = False, "the fault had no effect"
    assert drill.judged(tmp_path).verdict is Verdict.NO_EFFECT


def test_a_drill_that_a_facilitator_ended_before_the_fault_was_interrupted(tmp_path: Path) -> None:
    drill = Drill()
    drill.run = Recorded(RunKind.DRILL, lambda at: 5.0)
    fresh = Drill()
    drill.run.played = fresh.run.played
    drill.run.phases = [one for one in fresh.run.phases if one[0] in (Phase.DEPLOY, Phase.BASELINE, Phase.UNDO)]
    drill.accepted, drill.ended = False, "ended by the facilitator"
    assert drill.judged(tmp_path).verdict is Verdict.INTERRUPTED
