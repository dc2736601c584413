"""The engine's stream format and the cap on what is kept."""

from __future__ import annotations

import io
import socket
import struct
import time

import pytest

from experiments.record.redaction import Redaction
from experiments.toolbox.stream import Attached, Capped, Frames

pytestmark = pytest.mark.unit

SENT = [(1, b"first\n"), (2, b"an error\n"), (1, b""), (1, b"x" * 300)]
RAW = b"".join(struct.pack(">BxxxL", stream, len(piece)) + piece for stream, piece in SENT)


def _joined(pieces: list[tuple[int, bytes]]) -> dict[int, bytes]:
    return {stream: b"".join(piece for number, piece in pieces if number == stream) for stream in (1, 2)}


@pytest.mark.parametrize("size", [1, 3, 7, 8, 9, 100, 10_000])
def test_frames_come_out_whole_however_they_are_cut(size: int) -> None:
    frames = Frames()
    pieces = [piece for at in range(0, len(RAW), size) for piece in frames.feed(RAW[at : at + size])]
    assert _joined(pieces) == {1: b"first\n" + b"x" * 300, 2: b"an error\n"}


def test_what_exceeds_the_cap_is_counted_and_dropped() -> None:
    file = io.BytesIO()
    capped = Capped(file, 10, Redaction())
    for _ in range(5):
        capped.take(1, b"abcd")
    capped.finish()
    assert (file.getvalue(), capped.seen, capped.truncated) == (b"abcdabcdab", 20, True)


def test_output_that_just_fits_is_not_truncated() -> None:
    capped = Capped(io.BytesIO(), 4, Redaction())
    capped.take(1, b"abcd")
    capped.finish()
    assert not capped.truncated


def test_pump_says_whether_it_saw_the_end_or_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    attached = Attached(ours)
    seen: list[tuple[int, bytes]] = []
    theirs.sendall(RAW)
    assert attached.pump(lambda *piece: seen.append(piece), time.monotonic() + 0.05) is False
    theirs.close()
    assert attached.pump(lambda *piece: seen.append(piece), time.monotonic() + 5) is True
    assert _joined(seen)[2] == b"an error\n"
    attached.close()
