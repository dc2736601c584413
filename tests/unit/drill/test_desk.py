"""What is said to the trainee and what people do: one writer each, line by line."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest

from experiments.drill.desk import Desk
from experiments.drill.moves import Moves
from experiments.drill.options import DrillOptions
from experiments.drill.questions import ASKED, FIRST_S, NEXT_S, questions
from experiments.drill.room import Room
from experiments.record.drill import Look, Move, Said, Sample
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit


def move(what: str, n: int = 1) -> str:
    return Move.model_validate(
        {"id": f"m{n}", "at": 1.0, "by": "kim", "role": "trainee", "what": what}
    ).model_dump_json()


def test_what_is_said_is_on_disk_with_an_id_of_its_own(tmp_path: Path) -> None:
    desk = Desk(RunFolder(tmp_path))
    desk.say("deploying")
    desk.say("paged", at=12.5)
    desk.say("refused", of="m1", reasons=["It came back."])
    lines = (tmp_path / "drill/desk.jsonl").read_text().splitlines()
    said = [Said.model_validate_json(line) for line in lines]
    assert [one.what for one in said] == ["deploying", "paged", "refused"]
    assert len({one.id for one in said}) == 3
    assert said[1].at == 12.5 and desk.when("paged") == 12.5 and desk.when("accepted") is None
    assert said[2].reasons == ["It came back."] and said[2].of == "m1"


def test_looks_and_samples_have_files_of_their_own(tmp_path: Path) -> None:
    desk = Desk(RunFolder(tmp_path))
    desk.look(Look(at=1.0, of="", findings=[]))
    desk.sample(Sample(at=2.0, values={"bites.0": 0.5}))
    assert Look.model_validate_json((tmp_path / "drill/looks.jsonl").read_text())
    assert Sample.model_validate_json((tmp_path / "drill/samples.jsonl").read_text()).values == {"bites.0": 0.5}


def test_nothing_secret_is_said(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.redaction.learn(["correct-horse-battery"])
    Desk(folder).say("ended", "psql says correct-horse-battery")
    assert "correct-horse" not in (tmp_path / "drill/desk.jsonl").read_text()


def test_moves_are_read_once_and_a_half_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "moves.jsonl"
    moves = Moves(path)
    assert moves.fresh() == []
    whole, half = move("note", 1), move("declare", 2)
    path.write_text(f"{whole}\n{half[:10]}")
    assert [one.id for one in moves.fresh()] == ["m1"]
    assert moves.fresh() == []
    with path.open("a") as handle:
        handle.write(f"{half[10:]}\n")
    assert [one.what for one in moves.fresh()] == ["declare"]


def test_a_line_that_is_no_move_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "moves.jsonl"
    path.write_text(f'{{"what": "shout"}}\n\n{move("give-up")}\n')
    assert [one.what for one in Moves(path).fresh()] == ["give-up"]


def test_a_room_keeps_moves_for_later_and_sees_who_wants_to_end(tmp_path: Path) -> None:
    room = Room.of(RunFolder(tmp_path), DrillOptions())
    path = tmp_path / "drill/moves.jsonl"
    path.parent.mkdir()
    path.write_text(f"{move('declare', 1)}\n{move('declare', 2)}\n")
    assert not room.to_be_ended
    with path.open("a") as handle:
        handle.write(f"{move('end', 3)}\n")
    assert room.to_be_ended
    assert [one.id for one in (room.next_move(), room.next_move(), room.next_move()) if one] == ["m1", "m2", "m3"]
    assert room.next_move() is None


def test_a_drill_ends_once(tmp_path: Path) -> None:
    room = Room.of(RunFolder(tmp_path), DrillOptions())
    room.end("accepted")
    room.end("interrupted")
    assert [one.text for one in room.desk.said] == ["accepted"]


def test_stakeholders_ask_now_and_then_and_do_not_repeat_themselves_soon() -> None:
    asked = list(islice(questions(DrillOptions(seed=7)), len(ASKED)))
    assert FIRST_S[0] <= asked[0][0] <= FIRST_S[1]
    gaps = [later - sooner for (sooner, _), (later, _) in pairwise(asked)]
    assert all(NEXT_S[0] <= gap <= NEXT_S[1] for gap in gaps)
    assert len({text for _, text in asked}) == len(ASKED)
    assert asked == list(islice(questions(DrillOptions(seed=7)), len(ASKED)))
