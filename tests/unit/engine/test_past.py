"""The past of conditions: moments, gaps, streaks, and what counts as recovered."""

from __future__ import annotations

import pytest

from experiments.model.conditions import holds, kube
from experiments.model.recurrence import next_harm
from experiments.probes.past import Past, past
from experiments.probes.prometheus import Prometheus, Samples
from experiments.probes.recovery import streak

pytestmark = pytest.mark.unit


def _past(held: str, start: float = 100.0) -> Past:
    """One sample a second: `#` held, `.` did not, a space is no sample."""
    left = [(start + n, 1.0 if mark == "#" else 0.0) for n, mark in enumerate(held) if mark != " "]
    return Past("==", left=left, right=[(at, 1.0) for at, _ in left])


def test_moments_with_one_side_only_are_no_answer() -> None:
    one = Past(">", left=[(1.0, 5.0), (2.0, 5.0)], right=[(2.0, 3.0)])
    assert one.held() == [(2.0, True)]


def test_first_and_last_moment() -> None:
    one = _past("..##.#..")
    assert (one.first_held(), one.first_broken()) == (102.0, 100.0)
    assert (_past("...").first_held(), _past("###").first_broken()) == (None, None)


def test_five_seconds_without_an_answer_are_a_gap_also_at_the_edges() -> None:
    assert _past("#" * 11).gap(100, 110) is None
    assert _past("###    ####").gap(100, 110) == (102.0, 107.0)
    assert _past("###").gap(100, 110) == (102.0, 110)
    assert _past("###", start=106).gap(100, 109) == (100, 106.0)
    assert Past("==").gap(100, 110) == (100, 110)


def test_a_streak_is_the_newest_stretch_in_which_all_held() -> None:
    assert streak([_past("##.####")]) == (103.0, 106.0)
    assert streak([_past("##.####"), _past("#####.#")]) == (106.0, 106.0)
    assert streak([_past("####.")]) is None
    assert streak([_past("####"), Past("==")]) is None
    assert streak([]) is None


def test_a_gap_breaks_a_streak() -> None:
    assert streak([_past("###     ###")]) == (108.0, 110.0)


def test_the_next_harm_is_whole_periods_after_the_first_one_and_after_the_fix() -> None:
    assert next_harm(100.0, 60.0, fixed=130.0) == 160.0
    assert next_harm(100.0, 60.0, fixed=160.0) == 220.0
    assert next_harm(100.0, 0.0, fixed=130.0) == 100.0


class _Sampled:
    def samples(self, name: str) -> Samples:
        return [(100.0, 1.0), (101.0, 0.0), (102.0, 1.0), (103.0, 1.0)]


def test_conditions_that_prometheus_does_not_keep_have_the_samplers_past() -> None:
    condition = kube("ready", "deployment/shop", ".status.readyReplicas", equals="2", namespace="shop")
    one = past("healthy.0", condition, Prometheus("http://127.0.0.1:1"), _Sampled(), 101.0, 102.5, 1.0)
    assert one.held() == [(101.0, False), (102.0, True)]


def test_a_short_watch_in_which_nobody_answered_is_a_gap() -> None:
    assert Past("==").gap(10.0, 13.0) == (10.0, 13.0)


class _Asked(Prometheus):
    """A Prometheus that answers each question with one sample, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.questions: list[str] = []

    def line(self, expr: str, start: float, end: float, step_s: float) -> Samples:
        self.questions.append(expr)
        return [(start, 3.0)]


@pytest.mark.parametrize(
    ("condition", "questions", "held"),
    [("a > 2.5", ["a"], True), ("a > -1e3", ["a"], True), ("a > b", ["a", "b"], False), ("3 > a", ["3", "a"], False)],
)
def test_a_number_is_not_asked_for(condition: str, questions: list[str], held: bool) -> None:
    prometheus = _Asked()
    one = past("healthy.0", holds("a", condition), prometheus, _Sampled(), 101.0, 102.5, 1.0)
    assert (prometheus.questions, one.held()) == (questions, [(101.0, held)])


def test_the_newest_moment_of_either_kind() -> None:
    one = _past("..##.#..")
    assert (one.last(held=True), one.last(held=False)) == (105.0, 107.0)
    assert _past("###").last(held=False) is None
