"""Durations as Prometheus writes them."""

from __future__ import annotations

import argparse
import re

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_WHOLE = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?")


def seconds(text: str) -> float:
    """`500ms`, `60s`, `1m30s` in seconds.

    Raises:
        ArgumentTypeError: it has no unit, or is nothing at all; argparse ends with 2 and says so.
    """
    found = _WHOLE.fullmatch(text)
    value = sum(int(n) * unit for n, unit in zip(found.groups(), _UNITS.values(), strict=True) if n) if found else 0.0
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 500ms, 60s or 1m30s")
    return value
