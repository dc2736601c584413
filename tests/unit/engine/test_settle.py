"""Settling waits for the steady state, but not for an oracle that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cluster.errors import OracleUnavailable
from experiments.model.alerts import stopped_by
from experiments.model.scenario import Scenario
from experiments.play import settle as settling
from experiments.play.recorder import Recorder
from experiments.play.session import Session
from experiments.play.settle import settle
from experiments.probes.past import Past
from experiments.probes.prometheus import Series
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind
from experiments.waiting import Seen
from tests.unit.judge.recorded import SCENARIO

pytestmark = pytest.mark.unit


def steadily(held: bool, first_s: float = -10.0) -> Past:
    """A condition that is answered ten times a second from `first_s` (seconds from now) on, always alike."""
    moments = [time.time() + first_s + n / 10 for n in range(int(10 * (5 - first_s)))]
    return Past("<", [(at, 1.0) for at in moments], [(at, 2.0 if held else 0.5) for at in moments])


class Asked:
    """A run of which only the past of its conditions and of its alerts is asked."""

    def __init__(
        self,
        folder: Path,
        answer: Past | None,
        active: tuple[str, ...] = (),
        harm: Past | None = None,
        scenario: Scenario = SCENARIO,
        kind: RunKind = RunKind.PREVENTION,
    ) -> None:
        self.folder = RunFolder(folder)
        self.recorder = Recorder(self.folder)
        self.file = SimpleNamespace(
            scenario=scenario.model_copy(update={"baseline_hold": 0.2}),
            kind=kind,
            clock=SimpleNamespace(evaluation_s=1, scrape_s=1),
        )
        alerts = [Series({"alertname": name, "alertstate": "pending"}, []) for name in active]
        self.sources = SimpleNamespace(prometheus=SimpleNamespace(matrix=lambda *asked: alerts))
        self.answer = answer
        self.harm = harm or steadily(False)

    def past(self, name: str, start: float, end: float) -> Past:
        if self.answer is None:
            raise OracleUnavailable("connection refused")
        return self.answer if name.startswith("healthy") else self.harm

    def settled(self) -> tuple[str, float]:
        """What the timeline says, and after how many seconds."""
        began = time.monotonic()
        settle(cast(Session, self))
        return self.folder.events()[-1].title, time.monotonic() - began


def test_an_oracle_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "UNANSWERED_S", 0.1)
    said, took = Asked(tmp_path, None).settled()
    assert said.startswith("no answer for 0.1 s: healthy.0: connection refused")
    assert took < 5


def test_an_answer_that_is_no_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "UNANSWERED_S", 0.1)
    monkeypatch.setattr(settling, "WITHIN_S", 1.0)
    said, took = Asked(tmp_path, Past("<")).settled()
    assert said.startswith("healthy: not within 1.2 s")
    assert took >= 1.2


@pytest.mark.parametrize(
    ("active", "outcome"), [((), "steady"), (("Watchdog",), "steady"), (("ApiDown",), "ApiDown was active")]
)
def test_an_alert_of_the_scenario_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, active: tuple[str, ...], outcome: str
) -> None:
    monkeypatch.setattr(settling, "WITHIN_S", 0.1)
    said, _ = Asked(tmp_path, steadily(True), active).settled()
    assert said.endswith(outcome)


@pytest.mark.parametrize(("first_s", "steady"), [(-5.5, True), (-2.5, False)])
@pytest.mark.parametrize("late", ["healthy", "harm"])
def test_a_hold_that_begins_before_the_first_sample_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_s: float, steady: bool, late: str
) -> None:
    """The judge forgives three seconds without a sample, so a hold with a longer gap is not waited out here."""
    asked = Asked(
        tmp_path,
        steadily(True, first_s if late == "healthy" else -10.0),
        harm=steadily(False, first_s if late == "harm" else -10.0),
    )
    assert at_once(asked, monkeypatch) == ("steady" if steady else "not yet")


def test_harm_while_the_system_starts_is_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_once(Asked(tmp_path, steadily(True), harm=steadily(True)), monkeypatch) == "not yet"


def test_nobody_is_asked_while_the_hold_cannot_be_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Harm ended two seconds ago: a hold of six is over in four at the earliest."""
    asked, questions, until = Asked(tmp_path, steadily(True)), list[str](), time.time() - 2
    left = [(until - 5 + n / 10, 1.0) for n in range(100)]
    asked.answer = Past("<", left, [(at, 0.5 if at < until else 2.0) for at, _ in left])
    past = asked.past

    def counted(name: str, start: float, end: float) -> Past:
        questions.append(name)
        found = past(name, start, end)
        return Past(found.op, *([one for one in side if start <= one[0] <= end] for side in (found.left, found.right)))

    def looks(look: Callable[[], Seen[str]], **_: object) -> str:
        assert look().value is None
        first = len(questions)
        assert look().value is None
        assert len(questions) == first, "it was asked again at once"
        monkeypatch.setattr(time, "time", lambda: until + 6.05)
        return look().value or "not yet"

    asked.file.scenario = SCENARIO.model_copy(update={"baseline_hold": 6.0})
    monkeypatch.setattr(asked, "past", counted)
    monkeypatch.setattr(settling, "eventually", looks)
    assert asked.settled()[0] == "steady"


def test_who_does_not_answer_is_not_asked_in_every_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, questions, now = Asked(tmp_path, None), list[str](), time.time()
    past = asked.past

    def counted(name: str, start: float, end: float) -> Past:
        questions.append(name)
        return past(name, start, end)

    def looks(look: Callable[[], Seen[str]], **_: object) -> str:
        asked_at = []
        for turn in range(11):
            monkeypatch.setattr(time, "time", lambda turn=turn: now + turn * settling.TURN_S)
            before = len(questions)
            assert look().value is None
            asked_at += [turn] if len(questions) > before else []
        assert asked_at == [0, 5, 10]
        return "not yet"

    monkeypatch.setattr(asked, "past", counted)
    monkeypatch.setattr(settling, "eventually", looks)
    assert asked.settled()[0] == "not yet"


def at_once(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> str:
    """What one look at a hold of six seconds says."""
    asked.file.scenario = SCENARIO.model_copy(update={"baseline_hold": 6.0})
    monkeypatch.setattr(settling, "eventually", lambda look, **_: look().value or "not yet")
    return asked.settled()[0]


@pytest.mark.parametrize(("kind", "settles"), [(RunKind.PREVENTION, False), (RunKind.INCIDENT, True)])
def test_what_a_live_gate_keeps_is_there_before_its_run_alone(
    kind: RunKind, settles: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "WITHIN_S", 0.5)
    gate = stopped_by("walker", "no", arguments=(), keeps=("sum(failing) <= 0.1",), trace=("sum(burning) > 0",))
    walked = SCENARIO.model_copy(update={"prevention": gate})
    said, _ = Asked(tmp_path, steadily(True), scenario=walked, kind=kind).settled()
    assert (said == "steady") is settles
    assert settles or "keeps.0" in said
