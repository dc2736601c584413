"""Which moves are kept, and which are refused when, and why."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from drills.server.state import key_of
from experiments.record.drill import Move
from tests.unit.drills.server.sample_drill import CARD, delivery, write
from tests.unit.drills.server.test_page import HOST, client, page, post

pytestmark = pytest.mark.unit


def test_each_move_is_kept_as_the_contract_has_it(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    asked = drill.say("asks", drill.paged + 1, "How bad is it?")
    page_key = key_of(delivery(drill.paged))
    tried = [
        ("acknowledge", "", page_key), ("acknowledge", "", ""), ("note", "n", ""), ("hypothesis", "h", ""),
        ("severity", "SEV2", ""), ("status", "s", ""), ("answer", "bad", asked.id), ("hint", "1", ""),
        ("diagnosis", "2", ""), ("mitigated", "", ""), ("declare", "", ""), ("give-up", "", ""),
    ]  # fmt: skip
    for what, text, of in tried:
        assert post(tmp_path, what, text, of).status_code == 204, what
    kept = drill.moves()
    assert [(one.what, one.text, one.of) for one in kept] == tried
    assert {(one.by, one.role) for one in kept} == {("heron", "trainee")}
    assert len({one.id for one in kept}) == len(tried)
    assert all(isinstance(one, Move) for one in kept)


@pytest.mark.parametrize(
    ("what", "text", "of", "status", "why"),
    [
        ("note", "  ", "", 422, "nothing written"),
        ("note", "x" * 4001, "", 422, "too long"),
        ("severity", "SEV9", "", 422, "SEV1 to SEV4"),
        ("acknowledge", "", "DiskFull {}", 422, "no such page"),
        ("answer", "yes", "s77", 422, "Nobody asked"),
        ("diagnosis", "9", "", 422, "Choose one"),
        ("hint", "4", "", 422, "no such hint"),
        ("hint", "2", "", 409, "another comes first"),
        ("hint", "one", "", 422, "no such hint"),
        ("inject", "", "", 403, "not yours"),
        ("reboot", "", "", 403, "not yours"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    tmp_path: Path, what: str, text: str, of: str, status: int, why: str
) -> None:
    drill = write(tmp_path, "paged")
    answer = post(tmp_path, what, text, of)
    assert answer.status_code == status and why in answer.text
    assert drill.moves() == []


@pytest.mark.parametrize(("stage", "why"), [("waiting", "wait for the page"), ("ended", "The drill is over")])
def test_a_move_out_of_its_time_is_refused(tmp_path: Path, stage: str, why: str) -> None:
    drill = write(tmp_path, stage)
    before = len(drill.moves())
    answer = post(tmp_path, "declare")
    assert answer.status_code == 409 and why in answer.text
    assert len(drill.moves()) == before


def test_a_fix_is_declared_once_while_it_is_judged(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    assert post(tmp_path, "declare").status_code == 204
    assert post(tmp_path, "declare").status_code == 409
    drill.say("refused", drill.paged + 9, of=drill.moves()[0].id, reasons=("p95 did not recover",))
    assert "p95 did not recover" in page(tmp_path)
    assert post(tmp_path, "declare").status_code == 204


def test_two_browsers_cannot_take_one_hint_twice(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")

    async def both() -> list[int]:
        async with client(tmp_path) as one:
            form = {"what": "hint", "text": "1"}
            answers = await asyncio.gather(*(one.post("/moves", data=form) for _ in range(5)))
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(both()) == [303, 409, 409, 409, 409]
    assert len(drill.moves()) == 1


def test_a_taken_hint_is_shown_and_the_next_is_not(tmp_path: Path) -> None:
    write(tmp_path, "paged")
    assert CARD.hints[0] not in page(tmp_path)
    post(tmp_path, "hint", "1")
    seen = page(tmp_path)
    assert CARD.hints[0] in seen and CARD.hints[1] not in seen and "Take hint 2 of 3" in seen


def test_acknowledging_everything_leaves_out_what_comes_later(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged", paged=time.time() - 60)
    post(tmp_path, "acknowledge")
    assert "open</span>" not in page(tmp_path)
    later = delivery(drill.moves()[0].at + 5, "ApiDown")
    drill.live(later.at, deliveries=(delivery(drill.paged), later))
    seen = page(tmp_path)
    assert "1 open</span>" in seen and "acknowledged by heron" in seen


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    drill = write(tmp_path, "paged")
    (drill.folder / "moves.jsonl").mkdir()
    answer = post(tmp_path, "note", "lost?")
    assert answer.status_code == 507 and "could not be written" in answer.text


def test_a_form_without_scripts_comes_back_to_the_page(tmp_path: Path) -> None:
    write(tmp_path, "paged")

    async def plain() -> tuple[int, str]:
        async with client(tmp_path) as one:
            answer = await one.post("/moves", data={"what": "note", "text": "plain"}, headers={"origin": HOST})
        return answer.status_code, answer.headers["location"]

    assert asyncio.run(plain()) == (303, "/")
