"""Files of lines, read whole and followed: what a damaged line, a torn one, another file in its place and one that may
not be read mean (docs/decisions/019-reading-lines.md).
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest

from cluster.errors import NotRead
from experiments.drill.moves import Moves
from experiments.judge import judge
from experiments.record.drill import Move
from experiments.record.files import Item
from experiments.record.lines import Follower, read_bytes, read_lines
from experiments.record.writing import append_line, write_text
from tests.unit.judge.recorded import Recorded

pytestmark = pytest.mark.unit

HOSTILE = (
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 5000,
    b"null",
    b"\0",
    b'{"n": "\\ud800"}',
    b'{"n": 1, "m": 2}',
)


class One(Item):
    """A line."""

    n: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "moves.jsonl"


def write(path: Path, *lines: bytes) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as handle:
        handle.write(data)


def one(n: int) -> bytes:
    return One(n=n).model_dump_json().encode()


def numbers(lines: list[One] | tuple[One, ...]) -> list[int]:
    return [line.n for line in lines]


def cannot_be_read(path: Path, how: str) -> None:
    """Put something at `path` that is no file to read."""
    path.unlink(missing_ok=True)
    if how == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)


def test_a_file_that_does_not_exist_has_no_lines(path: Path) -> None:
    assert read_lines(path, One).sound() == () and read_bytes(path) == b""
    follower = Follower(path, One)
    assert not follower.grow() and follower.lines == []


def test_a_whole_reader_names_a_damaged_line_and_goes_on(path: Path) -> None:
    write(path, one(1), b"", b'{"n": ', one(2))
    found = read_lines(path, One)
    assert numbers(found.read) == [1, 2]
    assert [str(line) for line in found.left_out] == ["moves.jsonl, line 3, is cut short or damaged and was left out"]
    with pytest.raises(NotRead, match=r"moves\.jsonl:3 is damaged or cut short\n  next: sed -n 3p .*moves\.jsonl"):
        found.sound()


@pytest.mark.parametrize("torn", [b'{"n": 2', b'{"n": 2}'], ids=["half", "without its line feed"])
def test_a_last_line_is_written_with_its_line_feed(path: Path, torn: bytes) -> None:
    write(path, one(1))
    follower = Follower(path, One)
    assert follower.grow()
    add(path, torn)
    found = read_lines(path, One)
    assert numbers(found.sound()) == [1]
    assert [str(line) for line in found.left_out] == [
        "moves.jsonl, line 2, was not written to its end and was left out"
    ]
    assert not follower.grow() and numbers(follower.lines) == [1]


def test_a_follower_reads_each_line_once_when_it_is_whole(path: Path) -> None:
    follower = Follower(path, One)
    write(path, one(1))
    add(path, one(2)[:3])
    assert follower.grow() and numbers(follower.lines) == [1]
    before = follower.lines
    add(path, one(2)[3:] + b"\n" + one(3) + b"\n")
    assert follower.grow() and numbers(follower.lines) == [1, 2, 3]
    assert not follower.grow() and numbers(before) == [1]


def test_a_torn_line_that_its_writer_ended_later_is_damaged(path: Path) -> None:
    write(path, one(1))
    add(path, b'{"n": ')
    append_line(path, one(3))
    found = read_lines(path, One)
    assert numbers(found.read) == [1, 3] and [(line.number, line.torn) for line in found.left_out] == [(2, False)]


def test_a_follower_tells_damaged_lines_once_and_goes_on(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    follower = Follower(path, One)
    write(path, one(1))
    assert follower.grow()
    add(path, b"".join(line + b"\n" for line in (*HOSTILE, one(2))))
    assert follower.grow() and numbers(follower.lines) == [1, 2]
    assert not follower.grow()
    assert caplog.messages == [
        f"moves.jsonl, line 2, is cut short or damaged and was left out, and {len(HOSTILE) - 1} more after it"
    ]
    add(path, b"x\n")
    assert follower.grow() and "line 11" in caplog.messages[-1]


@pytest.mark.parametrize("how", ["replaced", "cut", "removed first"])
def test_another_file_in_its_place_is_read_anew(path: Path, how: str) -> None:
    follower = Follower(path, One)
    write(path, one(1), one(2), one(3))
    assert follower.grow()
    fresh = one(7).decode() + "\n" + (one(8).decode() + "\n") * (0 if how == "cut" else 5)
    if how == "replaced":
        write_text(path, fresh)
    else:
        if how == "removed first":
            path.unlink()
            assert not follower.grow() and numbers(follower.lines) == [1, 2, 3]
        path.write_text(fresh)
    assert follower.grow() and numbers(follower.lines) == [7, *[8] * (0 if how == "cut" else 5)]
    assert not follower.grow()


def test_a_file_that_was_emptied_has_no_lines(path: Path) -> None:
    follower = Follower(path, One)
    write(path, one(1))
    assert follower.grow()
    path.write_bytes(b"")
    assert follower.grow() and follower.lines == []
    assert not follower.grow()


@pytest.mark.parametrize("how", ["folder", "pipe"])
def test_a_follower_neither_raises_nor_waits_and_tells_once(
    path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower(path, One)
    write(path, one(1))
    assert follower.grow()
    cannot_be_read(path, how)
    looking = threading.Thread(target=lambda: [follower.grow(), follower.grow()], daemon=True)
    looking.start()
    looking.join(10)
    assert not looking.is_alive() and numbers(follower.lines) == [1]
    assert caplog.messages == [f"{path} cannot be read: it is no regular file"]
    path.rmdir() if how == "folder" else path.unlink()
    write(path, one(2))
    assert follower.grow() and numbers(follower.lines) == [2]


@pytest.mark.parametrize("how", ["folder", "pipe"])
def test_a_whole_reader_says_which_file_it_may_not_read(path: Path, how: str) -> None:
    cannot_be_read(path, how)
    with pytest.raises(NotRead, match=r"moves\.jsonl cannot be read: it is no regular file\n  next: ls -l"):
        read_lines(path, One)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_the_right_to_read_it_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(path, one(1))
    path.chmod(0)
    with pytest.raises(NotRead, match="Permission denied"):
        read_lines(path, One)
    follower = Follower(path, One)
    assert not follower.grow() and not follower.grow() and len(caplog.messages) == 1
    path.chmod(0o600)
    assert follower.grow() and numbers(follower.lines) == [1]


def test_no_move_is_made_twice_and_none_is_waited_for_where_the_file_was_replaced(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def move(name: str) -> bytes:
        made = Move(id=name, at=1.0, by="kim", role="trainee", what="declare")
        return made.model_dump_json().encode()

    moves = Moves(path)
    write(path, move("m1"), *HOSTILE, move("m2"))
    with caplog.at_level(logging.WARNING):
        assert [one.id for one in moves.fresh()] == ["m1", "m2"]
    assert "moves.jsonl, line 2" in caplog.text
    write_text(path, (move("m2") + b"\n" + move("m3") + b"\n").decode())
    assert [one.id for one in moves.fresh()] == ["m3"]
    cannot_be_read(path, "folder")
    assert moves.fresh() == []


@pytest.mark.parametrize("name", ["desk", "looks"])
def test_the_judge_goes_on_without_no_line(tmp_path: Path, name: str) -> None:
    folder = Recorded().write(tmp_path / "run")
    path = folder.path / "drill" / f"{name}.jsonl"
    path.parent.mkdir()
    path.write_text('{"id": ')
    judge(folder)
    append_line(path, b'{"id": ')
    with pytest.raises(NotRead, match=f"{name}.jsonl:1 is damaged or cut short"):
        judge(folder)
