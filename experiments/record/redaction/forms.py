"""The forms in which a known secret can be printed, and which values are too plain to be one."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Bytes; a shorter value is found in innocent text more often than in a leak."""

LONGEST = 16 * 1024
"""Bytes; a longer value is a file (a Helm release), of which only the assignments that it holds are looked for."""

_LINE = 16
"""A line of a value with several lines counts alone from so many characters on, if it has no space: of a key, not of
prose."""
_WRAPS = (64, 76)
"""Columns at which `openssl base64` and `base64` break their lines."""
_WORD = re.compile(r"[a-z]{1,11}|[A-Z][a-z]{0,10}|[A-Z]{1,11}|[0-9]{1,7}")


def is_plain(value: str) -> bool:
    """Whether a value is too plain to be taken for a secret: short, one word of letters in one case (`postgres`,
    `metrics`, `false`), or a number of at most seven digits. Redacting it would blank words all over a report, and
    who reads it learns nothing."""
    return len(value.strip().encode(errors="replace")) < SHORTEST or _WORD.fullmatch(value.strip()) is not None


def forms(value: bytes) -> Iterator[bytes]:
    """Every form of a secret that is looked for: as it is, escaped in JSON, quoted in an address, in base64 at any
    alignment, and the lines of each where there are several."""
    bare = value.strip()
    yield bare
    yield from _base64(bare)
    try:
        text = bare.decode()
    except UnicodeDecodeError:
        return
    yield from (json.dumps(text, ensure_ascii=ascii)[1:-1].encode() for ascii in (True, False))
    yield from (quote(text, safe="").encode(), quote_plus(text).encode())
    yield from (line.encode() for line in map(str.strip, text.splitlines()) if len(line) >= _LINE and " " not in line)


def _base64(value: bytes) -> Iterator[bytes]:
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + value).rstrip(b"=")
        # the first and the last letter hold bits of the neighbours too
        core = encoded[-(-offset * 8 // 6) : (offset + len(value)) * 8 // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))
    whole = base64.b64encode(value)
    yield from (whole, base64.urlsafe_b64encode(value))
    for columns in _WRAPS:
        if len(whole) > columns:
            lines = [whole[at : at + columns] for at in range(0, len(whole), columns)]
            yield from (line for line in lines if len(line) >= _LINE)
