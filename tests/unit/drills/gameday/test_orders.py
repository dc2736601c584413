"""What a facilitator may order in which state, and why not in the others."""

from __future__ import annotations

import pytest

from drills.gameday.day import Day, Stage
from drills.gameday.orders import allowed, carry_out
from drills.gameday.record import Happened, Happening, Word
from tests.unit.drills.gameday.sample_day import NOW, STEPS, happened, order

pytestmark = pytest.mark.unit

STARTED = happened(0, Happening.STARTED)
PLAYING = [STARTED, happened(0, Happening.PLAYING, step=0)]
LINES: dict[Stage, list[Happened]] = {
    Stage.PLANNED: [],
    Stage.BETWEEN: [STARTED],
    Stage.BREAK: [STARTED, happened(0, Happening.WAITS, step=1, until=NOW + 600)],
    Stage.WATCH: [STARTED, happened(0, Happening.WAITS, step=3, until=NOW + 600)],
    Stage.INCIDENT: PLAYING,
    Stage.INTERRUPTED: [*PLAYING, happened(5, Happening.INTERRUPTED, text="x")],
    Stage.DONE: [STARTED, happened(9, Happening.DONE)],
}
IDLE = {Word.PAUSE, Word.INJECT, Word.SKIP, Word.MESSAGE, Word.END}
ALLOWED = {
    Stage.PLANNED: {Word.START, Word.MESSAGE, Word.END},
    Stage.BETWEEN: IDLE,
    Stage.BREAK: IDLE,
    Stage.WATCH: IDLE,
    Stage.INCIDENT: {Word.PAUSE, Word.END_INCIDENT, Word.MESSAGE, Word.END},
    Stage.INTERRUPTED: {Word.PAUSE, Word.REPEAT, Word.SKIP, Word.MESSAGE, Word.END},
    Stage.DONE: set[Word](),
}


@pytest.mark.parametrize("stage", Stage)
def test_what_may_be_ordered(stage: Stage) -> None:
    day = Day.of(STEPS, LINES[stage])
    assert day.stage is stage
    assert allowed(day) == ALLOWED[stage]


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("word", Word)
def test_an_order_in_a_wrong_state_is_refused_and_changes_nothing(stage: Stage, word: Word) -> None:
    day = Day.of(STEPS, LINES[stage])
    one = carry_out(day, order(10, word, "hello"), NOW + 10)
    assert (one.what is Happening.REFUSED) == (word not in ALLOWED[stage])
    assert one.of == f"{word}-10"
    after = day.after(one)
    assert one.of in after.answered
    if one.what is Happening.REFUSED:
        assert after.stage is stage
        assert len(one.text) > len(f"{word}: ") + 10


def test_a_break_is_ended_by_injecting_what_comes_next() -> None:
    one = carry_out(Day.of(STEPS, LINES[Stage.BREAK]), order(10, Word.INJECT), NOW + 10)
    assert (one.what, one.step) == (Happening.PLAYING, 2)


def test_after_an_injection_a_paused_day_is_still_paused() -> None:
    day = Day.of(STEPS, [*LINES[Stage.BREAK], happened(5, Happening.PAUSED)])
    day = day.after(carry_out(day, order(10, Word.INJECT), NOW + 10))
    day = day.after(happened(50, Happening.ENDED, text="passed"))
    assert (day.stage, day.due(NOW + 60)) == (Stage.BETWEEN, None)
    assert Word.RESUME in allowed(day)


def test_nothing_can_be_injected_once_nothing_is_left() -> None:
    day = Day.of(STEPS[:1], [*PLAYING, happened(50, Happening.ENDED, text="passed")])
    one = carry_out(day, order(60, Word.INJECT), NOW + 60)
    assert (one.what, one.text) == (Happening.REFUSED, "inject: no incident is left")


def test_an_incident_is_ended_once() -> None:
    day = Day.of(STEPS, PLAYING)
    day = day.after(carry_out(day, order(10, Word.END_INCIDENT), NOW + 10))
    again = carry_out(day, order(11, Word.END_INCIDENT), NOW + 11)
    assert (again.what, again.text) == (Happening.REFUSED, "end-incident: the incident is ending")


def test_an_empty_message_is_refused() -> None:
    one = carry_out(Day.of(STEPS, [STARTED]), order(1, Word.MESSAGE, "  "), NOW + 1)
    assert one.what is Happening.REFUSED
