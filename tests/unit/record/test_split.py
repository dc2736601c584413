"""Output that arrives in pieces: whatever the cut, the same is shown, and nothing is held longer than its line."""

from __future__ import annotations

import base64
import io
import random
import time

import pytest

from experiments.record.redaction import Redaction, Splitter
from experiments.record.redaction.split import HOLD
from experiments.toolbox.stream import Capped
from tests.unit.record.test_redaction import JWT, KEY, KEY_END, PEM64, SECRET

pytestmark = pytest.mark.unit

LINES = "two lines\nof-one-secret-42"
TEXT = "\n".join(
    (
        "begin",
        SECRET,
        f"x{SECRET}y",
        base64.b64encode(SECRET.encode()).decode(),
        f"password={SECRET}",
        JWT,
        KEY + KEY_END,
        LINES,
        f"token {PEM64}",
        "end",
    )
).encode()


def _known() -> Redaction:
    known = Redaction()
    known.learn([SECRET, LINES])
    return known


def _shown(data: bytes, cuts: list[int]) -> bytes:
    splitter = Splitter(_known())
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return b"".join([*map(splitter.feed, pieces), splitter.finish()])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_pieces_of_any_size_show_the_same(size: int) -> None:
    whole = _known().clean(TEXT)
    assert _shown(TEXT, list(range(size, len(TEXT), size))) == whole
    assert whole.startswith(
        b"begin\n[redacted]\nx[redacted]y\n[redacted]\npassword=[redacted]\n[redacted]\n[redacted]\n"
    )
    assert whole.endswith(b"\ntoken [redacted]\nend")


def test_any_cut_in_two_shows_the_same() -> None:
    whole = _known().clean(TEXT)
    for cut in range(len(TEXT)):
        assert _shown(TEXT, [cut]) == whole


def test_a_line_without_an_end_goes_on_in_parts_and_hides_what_is_cut() -> None:
    chance = random.Random(4)  # noqa: S311 - where to cut
    for _ in range(20):
        secret = f" {JWT} {SECRET} "
        at = chance.randrange(2 * HOLD)
        data = (b"x" * at + secret.encode() + b"x" * (5 * HOLD))[: 5 * HOLD]
        cuts = sorted(chance.sample(range(1, len(data)), 6))
        shown = _shown(data, cuts)
        assert b"eyJ" not in shown and b"Zk7" not in shown
        assert shown.count(b"[redacted]") == 2


def test_a_whole_line_is_shown_at_once_and_a_key_waits_for_its_end() -> None:
    splitter = Splitter(_known())
    assert splitter.feed(b"one\ntw") == b"one\n"
    assert splitter.feed(b"o\n" + KEY.encode() + b"\n") == b"two\n"
    assert splitter.feed(KEY_END.encode() + b"\n") == b"[redacted]\n"


def test_memory_is_bounded_and_a_key_without_end_does_not_hold_for_ever() -> None:
    splitter = Splitter(_known())
    splitter.feed(b"-----BEGIN PRIVATE KEY-----\n")
    for _ in range(100):
        splitter.feed(b"z" * 1024 + b" \n")
    assert len(splitter._rest) < 3 * HOLD


def test_a_secret_that_another_stream_cuts_in_two_is_hidden() -> None:
    file = io.BytesIO()
    capped = Capped(file, 1000, _known())
    half = len(SECRET.encode()) // 2
    capped.take(1, SECRET.encode()[:half])
    capped.take(2, b"a warning\n")
    capped.take(1, SECRET.encode()[half:])
    capped.finish()
    assert file.getvalue() == b"a warning\n[redacted]"


def test_no_part_of_a_secret_is_left_at_the_cap() -> None:
    for room in range(20, 60):
        file = io.BytesIO()
        capped = Capped(file, room, _known())
        capped.take(1, b"x" * 30 + SECRET.encode() + b"\n")
        capped.finish()
        assert b"Zk7" not in file.getvalue() and len(file.getvalue()) <= room


def test_twenty_megabytes_take_no_longer_than_they_took_to_arrive() -> None:
    """Only what is kept is looked at, so a block that floods its output costs a megabyte's work."""
    known = Redaction()
    known.learn([f"a-secret-of-the-run-{n}" for n in range(50)])
    capped = Capped(io.BytesIO(), 1024 * 1024, known)
    piece = (b"level=info path=/products token bucket key ok\n" * 1500)[: 64 * 1024]
    began = time.process_time()
    for _ in range(320):
        capped.take(1, piece)
    capped.finish()
    assert capped.truncated and capped.seen == 320 * 64 * 1024
    assert time.process_time() - began < 3
