"""The page as JSON: what a program that plays is told, and what it is not told yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.server.api import state
from drills.server.state import DrillFiles
from tests.unit.drills.server.sample_drill import CARD, SECRETS, STAGES, DrillFolder, write
from tests.unit.drills.server.test_page import ask

pytestmark = pytest.mark.unit


def _state(run: Path, now: float) -> dict[str, object]:
    files = DrillFiles(run)
    files.look()
    return state(files.drill, now).model_dump(mode="json")


@pytest.mark.parametrize("stage", [one for one in STAGES if one != "ended"])
def test_nothing_secret_is_told_before_the_end(tmp_path: Path, stage: str) -> None:
    write(tmp_path, stage)
    answer = ask(tmp_path, lambda c: c.get("/api/state"))
    assert answer.status_code == 200
    told = {secret for secret in SECRETS if secret in answer.text}
    assert told == set()
    assert '"true"' not in answer.text and CARD.debrief not in answer.text


@pytest.mark.parametrize("stage", ["empty", "deploying", "baseline", "waiting"])
def test_before_the_page_only_the_stage_is_told(tmp_path: Path, stage: str) -> None:
    write(tmp_path, stage)
    said = _state(tmp_path, 0.0)
    assert {name for name, value in said.items() if value not in (None, "", [], {}, 0)} == {"stage"}


def test_what_it_takes_to_play_is_told(tmp_path: Path) -> None:
    drill = DrillFolder(tmp_path, paged=1000.0)
    drill.card()
    drill.say("paged", 1000.0)
    asked = drill.say("asks", 1010.0, "How is it?")
    drill.move("hint", 1020.0, "1")
    declared = drill.move("declare", 1030.0)
    said = _state(tmp_path, 1040.0)
    assert (said["stage"], said["clock_s"], said["limit_s"]) == ("judging", 40.0, 1800.0)
    assert said["causes"] == {str(one.id): one.text for one in CARD.causes}
    assert (said["hints"], said["hints_left"]) == (CARD.hints[:1], 2)
    assert said["questions"] == [{"id": asked.id, "at": 1010.0, "text": "How is it?"}]
    assert said["declared"] == [{"at": 1030.0, "outcome": "judging", "reasons": []}]
    drill.say("refused", 1050.0, of=declared.id, reasons=("the alert is silenced",))
    drill.move("answer", 1051.0, "Soon", of=asked.id)
    said = _state(tmp_path, 1060.0)
    assert said["declared"] == [{"at": 1030.0, "outcome": "refused", "reasons": ["the alert is silenced"]}]
    assert (said["stage"], said["questions"]) == ("incident", [])


def test_who_has_no_token_is_told_nothing(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    assert ask(tmp_path, lambda c: c.get("/api/state"), tokens=True).status_code == 401
