"""Redacting what arrives in pieces: no secret slips through because it was cut in two."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.record.redaction.patterns import LONGEST_KEY, PEM_BEGINS, PEM_ENDS
from experiments.record.redaction.redact import Redaction

HOLD = 2 * LONGEST_KEY
"""Bytes at the end of a line without an end that wait for what follows; longer than any secret that is known by its
shape."""


class Splitter:
    """One stream. Whole lines go on at once; a line that has not ended waits, and so does a key that has begun.

    A line longer than twice `HOLD` goes on in parts, and the last `HOLD` bytes wait, so memory stays bounded.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._rest = bytearray()

    def feed(self, piece: bytes) -> bytes:
        """What can be shown now that `piece` has arrived, redacted."""
        self._rest += piece
        if b"\n" not in piece and len(self._rest) < 2 * HOLD:
            return b""
        return self._take(self._boundary(bytes(self._rest)))

    def finish(self) -> bytes:
        """The rest, at the end of the stream."""
        return self._take(len(self._rest))

    def _take(self, until: int) -> bytes:
        ready = bytes(self._rest[:until])
        del self._rest[:until]
        return self._redaction.clean(ready)

    def _boundary(self, data: bytes) -> int:
        """Up to where `data` may go: no secret that stands in it, or may have begun in it, reaches over this point."""
        ended = data.rfind(b"\n") + 1
        if len(data) - ended < 2 * HOLD:
            return min(ended, self._key_begun(data, ended), *self._lines_begun(data, ended))
        until = len(data) - HOLD
        for begin, end in reversed(self._redaction.find(data)):
            if begin < until < end:
                until = begin
        return until

    def _key_begun(self, data: bytes, until: int) -> int:
        """Where a private key begins whose end has not arrived."""
        begun = [match.start() for match in PEM_BEGINS.finditer(data, 0, until)]
        waits = begun and len(data) - begun[-1] < LONGEST_KEY and not PEM_ENDS.search(data, begun[-1], until)
        return begun[-1] if waits else until

    def _lines_begun(self, data: bytes, until: int) -> Iterator[int]:
        """Where a known secret of several lines begins that goes on behind `until`, as far as it has arrived."""
        for literal in self._redaction.literals:
            first, broken, _ = literal.partition(b"\n")
            if not broken:
                continue
            at = data.find(first + broken, max(0, until - len(literal)), until)
            while at >= 0:
                if at + len(literal) > until and literal.startswith(data[at : at + len(literal)]):
                    yield at
                at = data.find(first + broken, at + 1, until)
