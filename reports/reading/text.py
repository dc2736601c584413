"""Making text that came out of a cluster safe to show: no terminal codes, no invisible or direction-changing signs."""

from __future__ import annotations

import re

_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
# C0 and C1 controls, lone surrogates, zero-width and bidirectional controls, and what XML 1.0 forbids.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def showable(text: str) -> str:
    """Remove terminal escape sequences, unify line ends, and make every other unprintable sign visible as U+FFFD."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNSHOWABLE.sub("\ufffd", text)
