"""The conductor with real processes in the drill's place: results, interruptions, restarts in every state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drills.gameday.child import Child, born
from drills.gameday.conductor import ENDS_BY_ITSELF_S, Conductor
from drills.gameday.day import Day, Stage
from drills.gameday.folder import DayFolder
from drills.gameday.record import Happening, Step, Word
from experiments.record.kinds import RunKind, Verdict
from tests.unit.drills.gameday.sample_day import STEPS, order, write
from tests.unit.reports import sample_run

pytestmark = pytest.mark.unit

NAME = "20270115-080100-cache-stampede-drill"
# Holds the lab as a run does, and ends as it is told to.
PROGRAM = """
printf '{"run_id": "r", "folder": "%s", "pid": %s}' "$RUN" $$ > "$LOCK"
while [ ! -e "$FINISH" ]; do sleep 0.02; done
[ -s "$FINISH" ] && cp "$FINISH" "$RUN/verdict.json"
echo 'error: the disk is full'; exit 3
"""


class Played:
    """A day in a folder of its own, and the processes that stand for its drills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = write(root, steps=STEPS[:3])
        self.run, self.finish, self.lock = root / "runs" / NAME, root / "finish", root / "run.lock"
        self.run.mkdir(parents=True)
        self.conductor = self.fresh()

    def fresh(self) -> Conductor:
        """Another conductor, as after a restart."""
        return Conductor(DayFolder(self.folder.path), self.command, self.root, self.lock)

    def command(self, step: Step, seed: int) -> list[str]:
        given = {"RUN": self.run, "LOCK": self.lock, "FINISH": self.finish}
        return ["env", *(f"{key}={value}" for key, value in given.items()), "sh", "-c", PROGRAM]

    def tick_until(self, true: Callable[[Day], bool], ahead_s: float = 0.0) -> Day:
        deadline = time.monotonic() + 10
        while not true(self.conductor.day):
            assert time.monotonic() < deadline, self.conductor.day
            self.conductor.tick(time.time() + ahead_s)
            time.sleep(0.02)
        return self.conductor.day

    def begin(self) -> Day:
        self.folder.order(order(0, Word.START))
        return self.tick_until(lambda day: day.run == NAME)

    def end(self, verdict: Verdict | None) -> None:
        text = b""
        if verdict is not None:
            made = sample_run.write(self.root / "made", name="x", kind=RunKind.DRILL, verdict=verdict)
            text = (made / "verdict.json").read_bytes()
        fresh = self.root / "finish.new"
        fresh.write_bytes(text)
        fresh.rename(self.finish)


@pytest.fixture
def stage(tmp_path: Path) -> Played:
    return Played(tmp_path)


def test_a_drill_is_begun_followed_and_told(stage: Played) -> None:
    assert stage.begin().stage is Stage.INCIDENT
    stage.end(Verdict.PASSED)
    day = stage.tick_until(lambda day: bool(day.played))
    assert [(one.step, one.run, one.verdict) for one in day.played] == [(0, NAME, "passed")]
    assert stage.tick_until(lambda day: day.stage is Stage.BREAK).step == 1


def test_two_incidents_in_sequence_from_start_to_end(stage: Played) -> None:
    stage.begin()
    stage.end(Verdict.NOT_FIXED)
    stage.tick_until(lambda day: day.stage is Stage.BREAK)
    day = stage.tick_until(lambda day: len(day.played) == 2 and day.stage is Stage.DONE, ahead_s=700)
    assert [(one.step, one.verdict) for one in day.played] == [(0, "not-fixed"), (2, "not-fixed")]


@pytest.mark.parametrize("verdict", [None, Verdict.LAB_ERROR])
def test_what_came_to_no_result_is_the_facilitators_to_decide(stage: Played, verdict: Verdict | None) -> None:
    stage.begin()
    stage.end(verdict)
    day = stage.tick_until(lambda day: day.stage is Stage.INTERRUPTED)
    assert "the disk is full" in day.reason
    assert ("lab-error" in day.reason) == (verdict is not None)
    stage.finish.unlink()
    stage.folder.order(order(5, Word.REPEAT))
    assert stage.tick_until(lambda day: day.stage is Stage.INCIDENT).step == 0
    stage.tick_until(lambda day: day.run == NAME)
    stage.end(Verdict.PASSED)
    assert [one.step for one in stage.tick_until(lambda day: bool(day.played)).played] == [0]


def test_a_drill_outlives_its_conductor_and_is_found_again(stage: Played) -> None:
    stage.begin()
    stage.conductor = stage.fresh()
    assert stage.conductor.day.stage is Stage.INCIDENT
    stage.conductor.tick(time.time())
    assert stage.conductor.day.stage is Stage.INCIDENT
    stage.end(Verdict.PASSED)
    assert stage.tick_until(lambda day: bool(day.played)).played[0].verdict == "passed"


def test_a_drill_that_ended_while_nobody_led_is_told_with_its_verdict(stage: Played) -> None:
    day = stage.begin()
    stage.end(Verdict.PASSED)
    os.waitpid(day.pid, 0)
    stage.conductor = stage.fresh()
    stage.conductor.tick(time.time())
    assert [one.verdict for one in stage.conductor.day.played] == ["passed"]


def test_a_drill_that_was_killed_with_its_conductor_is_told_as_interrupted(stage: Played) -> None:
    day = stage.begin()
    os.kill(day.pid, signal.SIGKILL)
    os.waitpid(day.pid, 0)
    stage.conductor = stage.fresh()
    stage.conductor.tick(time.time())
    assert stage.conductor.day.stage is Stage.INTERRUPTED


def test_a_conductor_that_died_before_it_knew_the_process_tells_an_interruption(stage: Played) -> None:
    stage.begin()
    path = stage.folder.path / "day.jsonl"
    lines = path.read_text().splitlines()
    cut = next(n for n, line in enumerate(lines) if f'"{Happening.PLAYING}"' in line)
    path.write_text("\n".join(lines[: cut + 1]) + "\n")
    again = stage.fresh()
    again.tick(time.time())
    assert again.day.stage is Stage.INTERRUPTED
    stage.end(None)


def test_an_order_is_carried_out_once_over_a_restart(stage: Played) -> None:
    stage.folder.order(order(0, Word.MESSAGE, "hello"))
    stage.conductor.tick(time.time())
    stage.conductor = stage.fresh()
    stage.conductor.tick(time.time())
    assert [text for _, text in stage.conductor.day.said] == ["hello"]


def test_an_order_that_came_while_nobody_led_is_carried_out_then(stage: Played) -> None:
    stage.folder.order(order(0, Word.START))
    again = stage.fresh()
    again.tick(time.time())
    assert again.day.stage is not Stage.PLANNED
    stage.conductor = again
    stage.end(None)
    stage.tick_until(lambda day: day.stage is Stage.INTERRUPTED)


def test_a_drill_that_does_not_hear_is_ended_from_outside(stage: Played) -> None:
    stage.begin()
    stage.folder.order(order(5, Word.END_INCIDENT))
    day = stage.tick_until(lambda day: day.ending)
    assert Child(day.pid, day.born).alive
    day = stage.tick_until(lambda day: bool(day.played), ahead_s=ENDS_BY_ITSELF_S + 1)
    assert day.played[0].verdict == "interrupted"


def test_a_conductor_that_is_stopped_ends_its_drill_first(stage: Played) -> None:
    day = stage.begin()
    stops = iter([False, False, True])
    stage.conductor.lead(lambda: next(stops))
    assert not Child(day.pid, day.born).alive
    assert DayFolder(stage.folder.path).day().stage is Stage.INTERRUPTED


def test_a_pid_that_belongs_to_another_process_by_now_is_not_ours() -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert Child(other.pid, born(other.pid)).alive
        assert not Child(other.pid, born(other.pid) - 1).alive
    finally:
        other.communicate(b"\n")
    assert born(other.pid) == 0
