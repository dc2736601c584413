"""The state machine over recorded events: what follows what, pauses, and the same state after every restart."""

from __future__ import annotations

from datetime import datetime

import pytest

from drills.gameday.day import Day, Stage, opening
from drills.gameday.record import Happened, Happening, Step
from tests.unit.drills.gameday.sample_day import NOW, STEPS, happened

pytestmark = pytest.mark.unit


def run(lines: list[Happened], until: float, *, lasts: float = 400.0) -> Day:
    """Let a day go on by itself, a look every 10 s, each drill as long; what happens is added to `lines`."""
    at = lines[-1].at - NOW
    while at <= until:
        day = Day.of(STEPS, lines)
        if day.stage is Stage.INCIDENT and NOW + at >= day.since + lasts:
            lines.append(happened(at, Happening.ENDED, step=day.step, text="passed"))
        elif (due := day.due(NOW + at)) is not None:
            lines.append(due)
        else:
            at += 10
    return Day.of(STEPS, lines)


STARTED = [happened(0, Happening.OPENED), happened(0, Happening.STARTED)]


def test_nothing_happens_before_the_facilitator_starts_the_day() -> None:
    day = Day.of(STEPS, [happened(0, Happening.OPENED)])
    assert (day.stage, day.due(NOW + 9999)) == (Stage.PLANNED, None)


def test_a_day_goes_through_its_steps_by_itself() -> None:
    lines = list(STARTED)
    day = run(lines, 9000)
    assert day.stage is Stage.DONE
    began = {one.step: one.at - NOW for one in lines if one.what is Happening.PLAYING}
    # 400 s, 600 s of break, 400 s, then the window: surprises 300 s and 1800 s after it opened.
    assert began == {0: 0, 2: 1000, 4: 1700, 5: 3200}
    assert [one.verdict for one in day.played] == ["passed"] * 4
    assert lines[-1].at == NOW + 1400 + 3600


def test_a_surprise_whose_moment_passes_in_another_incident_comes_right_after_it() -> None:
    lines = list(STARTED)
    run(lines, 9000, lasts=2000.0)
    began = {one.step: one.at - NOW for one in lines if one.what is Happening.PLAYING}
    assert began[5] == began[4] + 2000


def test_a_pause_stops_breaks_and_moves_the_window() -> None:
    lines = list(STARTED)
    assert run(lines, 500).stage is Stage.BREAK
    lines.append(happened(600, Happening.PAUSED))
    assert Day.of(STEPS, lines).due(NOW + 99999) is None
    lines.append(happened(1600, Happening.RESUMED))
    assert Day.of(STEPS, lines).until == NOW + 2000
    assert run(lines, 2500).stage is Stage.WATCH
    lines.append(happened(2510, Happening.PAUSED))
    lines.append(happened(2610, Happening.RESUMED))
    run(lines, 9999)
    began = {one.step: one.at - NOW for one in lines if one.what is Happening.PLAYING}
    assert began == {0: 0, 2: 2000, 4: 2400 + 300 + 100, 5: 2400 + 1800 + 100}


def test_what_is_injected_before_its_window_leaves_the_other_surprise_its_distance() -> None:
    lines = [*STARTED, happened(50, Happening.PLAYING, step=4), happened(90, Happening.ENDED, text="passed")]
    run(lines, 9000)
    began = {one.step: one.at - NOW for one in lines if one.what is Happening.PLAYING}
    assert began == {4: 50, 5: 50 + 1500}


def test_an_interrupted_incident_waits_for_the_facilitator() -> None:
    lines = [*STARTED, happened(0, Happening.PLAYING, step=0), happened(60, Happening.INTERRUPTED, text="killed")]
    day = Day.of(STEPS, lines)
    assert (day.stage, day.reason, day.due(NOW + 9999)) == (Stage.INTERRUPTED, "killed", None)
    again = day.after(happened(70, Happening.REPEAT)).due(NOW + 71)
    assert again is not None
    assert (again.what, again.step) == (Happening.PLAYING, 0)
    skipped = day.after(happened(70, Happening.SKIPPED, step=0)).due(NOW + 71)
    assert skipped is not None
    assert (skipped.what, skipped.step) == (Happening.WAITS, 1)


def test_an_incident_that_is_skipped_does_not_cut_the_break_short() -> None:
    lines = list(STARTED)
    run(lines, 500)
    lines.append(happened(505, Happening.SKIPPED, step=2))
    assert Day.of(STEPS, lines).stage is Stage.BREAK
    run(lines, 9000)
    assert [one.step for one in lines if one.what is Happening.PLAYING] == [0, 4, 5]


@pytest.mark.parametrize("lost", [False, True])
def test_a_day_that_was_to_end_ends_once_its_drill_has(lost: bool) -> None:
    over = happened(90, Happening.INTERRUPTED if lost else Happening.ENDED, text="x")
    lines = [*STARTED, happened(0, Happening.PLAYING, step=0), happened(80, Happening.ENDING, text="day"), over]
    due = Day.of(STEPS, lines).due(NOW + 91)
    assert due is not None
    assert due.what is Happening.DONE


def test_the_state_is_the_same_whenever_it_is_read_again() -> None:
    """A restart reads the lines again; after each of them that gives what the one who wrote it had."""
    lines = list(STARTED)
    lines += [happened(0, Happening.PLAYING, step=0), happened(1, Happening.CHILD, pid=12, born=99)]
    lines += [happened(2, Happening.RUN, run="r"), happened(30, Happening.SAID, text="hello", of="m1")]
    lines += [happened(40, Happening.INTERRUPTED, text="killed"), happened(50, Happening.REPEAT, of="r1")]
    run(lines, 1500)
    lines += [happened(1510, Happening.PAUSED), happened(1550, Happening.RESUMED)]
    run(lines, 9000)
    live, seen = Day.of(STEPS, []), set()
    for index, line in enumerate(lines):
        live = live.after(line)
        assert (
            Day.of(STEPS, [Happened.model_validate_json(one.model_dump_json()) for one in lines[: index + 1]]) == live
        )
        seen.add(live.stage)
    assert seen == set(Stage)
    assert live.answered == {"m1", "r1"}


def test_a_window_waits_for_its_time_of_day() -> None:
    now = datetime(2026, 11, 30, 13, 20, 0).timestamp()
    assert opening((14, 5), now) == now + 45 * 60
    assert opening((9, 0), now) == now
    step = Step(kind="window", window=0, length_s=60, clock=(14, 5))
    day = Day.of([step, STEPS[-1]], [Happened(at=now, what=Happening.STARTED)])
    due = day.due(now)
    assert due is not None
    assert due.until == now + 45 * 60
    assert day.after(due).opened == due.until
