"""Figures as people read them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

NONE = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
# From where on a letter is used, what it stands for, the letter: 1200 stays 1200, 12000 becomes 12k.
_LETTERS = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))


def seconds(value: float | None) -> str:
    """A duration (seconds): `3.4 s`, `84.0 s`, `12 min 05 s`, `2 h 04 min`; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if size < 600:
        return f"{sign}{size:.1f} s"
    whole = round(size)
    if whole < 7200:
        return f"{sign}{whole // 60} min {whole % 60:02d} s"
    return f"{sign}{whole // 3600} h {whole % 3600 // 60:02d} min"


def duration(value: float) -> str:
    """A rule's duration (seconds) as Prometheus writes it: `1m30s`, `15s`, `1h`; `0s` for none."""
    parts, rest = [], round(value * 1000)
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def since(at: float | None, zero: float) -> str:
    """A moment as seconds from `zero`: `+12.0 s`; a dash where there is none."""
    if at is None:
        return NONE
    return ("+" if at >= zero else "") + seconds(at - zero)


def clock(at: float) -> str:
    """A moment as date and time in UTC; a dash where it is no moment of this calendar."""
    try:
        return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return NONE


def minute(at: float | None) -> str:
    """A moment as date, hour and minute in UTC; a dash where there is none."""
    return NONE if at is None else clock(at)[:16]


def number(value: float | None) -> str:
    """A value with three significant digits: `0.05`, `12.3`, `1.2k`, `3.4M`; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    sign, size = (MINUS if value < 0 else ""), abs(value)
    for limit, unit, letter in _LETTERS:
        if size >= limit:
            return f"{sign}{size / unit:.3g}{letter}"
    if size and size < 1e-3:
        return f"{sign}{size:.1e}"
    return f"{sign}{size:.4g}" if size >= 1000 else f"{sign}{size:.3g}"


def ratio(value: float | None) -> str:
    """Wall over floor: `1.24`; a dash where there is none."""
    return NONE if value is None or not math.isfinite(value) else f"{value:.2f}"
