"""The marks around a trainee's commands: found wherever the output is cut, and nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest

from drills.shell.marks import LONGEST, Mark, Marks, fresh_nonce

pytestmark = pytest.mark.unit

NONCE = "0123456789abcdef01234567"


def _mark(kind: str, value: str, nonce: str = NONCE) -> bytes:
    return f"\x1b]7770;{nonce};{kind};{value}\a".encode()


def _begin(line: str) -> bytes:
    return _mark("begin", base64.b64encode(line.encode()).decode())


def _parts(pieces: list[bytes]) -> tuple[bytes, list[Mark]]:
    marks = Marks(NONCE)
    found = [part for piece in pieces for part in marks.feed(piece)]
    shown = b"".join(part for part in found if isinstance(part, bytes)) + marks.flush()
    return shown, [part for part in found if isinstance(part, Mark)]


OUTPUT = b"$ " + _begin("   12  kubectl get pods\n") + b"web \x1b[1mReady\x1b[0m\r\n" + _mark("end", "0") + b"$ \x1b]"
MARKS = [Mark("begin", text="kubectl get pods"), Mark("end", exit_code=0)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11, 64, 1000])
def test_marks_are_found_however_the_output_is_cut(size: int) -> None:
    pieces = [OUTPUT[n : n + size] for n in range(0, len(OUTPUT), size)]
    assert _parts(pieces) == (b"$ web \x1b[1mReady\x1b[0m\r\n$ \x1b]", MARKS)


def test_what_cannot_become_a_mark_is_shown_at_once() -> None:
    marks = Marks(NONCE)
    assert list(marks.feed(b"\x1b[31mred")) == [b"\x1b[31mred"]
    assert not marks.waits
    assert list(marks.feed(b"abc\x1b]77")) == [b"abc"]
    assert marks.waits and marks.flush() == b"\x1b]77" and not marks.waits


def test_a_whole_beginning_waits_for_its_end() -> None:
    marks = Marks(NONCE)
    assert list(marks.feed(_mark("end", "1")[:-1])) == []
    assert not marks.waits  # its end comes, whatever the terminal's patience
    assert list(marks.feed(b"\a")) == [Mark("end", exit_code=1)]


@pytest.mark.parametrize(
    "strange",
    [
        _mark("end", "0", nonce="f" * 24),
        _mark("end", "zero"),
        _mark("begin", "no base64!"),
        _mark("sudo", "x"),
        b"\x1b]0;title\a",
        b"\x1b]7770;" + NONCE.encode() + b";begin;" + b"A" * LONGEST,
    ],
)
def test_what_is_none_is_shown(strange: bytes) -> None:
    assert _parts([b"<", strange, b">"]) == (b"<" + strange + b">", [])


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("    1  ls\n", "ls"),
        ("12345* ls 2  x", "ls 2  x"),
        ("    7  for i in 1 2\ndo echo $i\ndone\n", "for i in 1 2\ndo echo $i\ndone"),
        ("    8  echo ä", "echo ä"),
    ],
)
def test_the_number_of_the_history_is_no_part_of_a_command(line: str, command: str) -> None:
    assert _parts([_begin(line)]) == (b"", [Mark("begin", text=command)])


def test_each_shell_has_a_nonce_of_its_own() -> None:
    assert len({fresh_nonce() for _ in range(50)}) == 50
