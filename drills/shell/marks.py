"""The marks that the shell prints around each command, taken out of its output again.

A mark is an operating system command, which a terminal shows nobody: `ESC ] 7770 ; NONCE ; KIND ; VALUE BEL`. The
shell's own start prints them (`experiments/toolbox/drill.bashrc`): `begin` with the command as `history 1` shows it, in
base64, and `end` with its exit code, before each prompt. The nonce is made for each shell, so that nothing that a
command prints, such as a file with such bytes in it, is taken for a mark. It keeps honest records honest: who means to
write a false line into their own record can.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST = 256 * 1024
"""Bytes; what begins like a mark and does not end within them is shown as it is."""

_NUMBER = re.compile(r"\A *[0-9]+[* ] ")
_END = b"\a"


@dataclass(frozen=True)
class Mark:
    """A command begins, `text` is it; or one has ended, or an empty line was entered: `exit_code`."""

    kind: Literal["begin", "end"]
    text: str = ""
    exit_code: int = 0


def fresh_nonce() -> str:
    """A nonce that nobody can have guessed."""
    return secrets.token_hex(12)


class Marks:
    """One shell's output, cut anywhere.

    Args:
        nonce: what the shell was told.
    """

    def __init__(self, nonce: str) -> None:
        self._begin = b"\x1b]7770;" + nonce.encode() + b";"
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[bytes | Mark]:
        """What is to be shown and the marks, in order; what may still become a mark waits."""
        self._rest += piece
        while self._rest:
            at = self._rest.find(self._begin)
            if at < 0:
                yield from self._show(len(self._rest) - self._begun())
                return
            yield from self._show(at)
            end = self._rest.find(_END)
            if end < 0 and len(self._rest) <= LONGEST:
                return
            mark = _read(self._rest[len(self._begin) : end]) if 0 <= end <= LONGEST else None
            if mark is None:
                yield from self._show(len(self._begin))
            else:
                self._rest = self._rest[end + 1 :]
                yield mark

    @property
    def waits(self) -> bool:
        """Whether bytes wait that only look like the beginning of a mark: what follows one comes at once."""
        return 0 < len(self._rest) < len(self._begin)

    def flush(self) -> bytes:
        """All that waits, to be shown after all."""
        rest, self._rest = self._rest, b""
        return rest

    def _show(self, until: int) -> Iterator[bytes]:
        shown, self._rest = self._rest[:until], self._rest[until:]
        if shown:
            yield shown

    def _begun(self) -> int:
        """How many bytes at the end may be the beginning of a mark."""
        longest = min(len(self._rest), len(self._begin) - 1)
        return next((n for n in range(longest, 0, -1) if self._rest.endswith(self._begin[:n])), 0)


def _read(body: bytes) -> Mark | None:
    kind, _, value = body.partition(b";")
    try:
        if kind == b"begin":
            text = base64.b64decode(value, validate=True).decode(errors="replace")
            return Mark("begin", text=_NUMBER.sub("", text, count=1).rstrip("\n"))
        if kind == b"end":
            return Mark("end", exit_code=int(value))
    except (binascii.Error, ValueError):
        return None
    return None
