"""From values to positions, and where an axis has its ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reports.units import MINUS, number

_TIME_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


@dataclass(frozen=True)
class Axis:
    """A range of values, low < high, with the moments or values at which it has ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value lies between low (0) and high (1); outside of both it is cut off."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def value_axis(values: Iterable[float], about: int = 4) -> Axis:
    """An axis that holds all finite values, begins at zero where none is negative, and ends at a tick."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    if not 1e-12 < high - low < 1e300:
        low, high = 0.0, 1.0
    step = _round_step((high - low) / about)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    if high >= last * step - step * 0.02:
        last += 1  # a line that touches the frame is hard to see
    ticks = tuple(index * step for index in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def time_axis(start: float, end: float, zero: float, about: int) -> Axis:
    """An axis from start to end with ticks at round distances from `zero` (all epoch seconds)."""
    if end <= start:
        end = start + 1.0
    wanted = (end - start) / about
    step = next((float(step) for step in _TIME_STEPS if step >= wanted), 0.0) or _round_step(wanted)
    first, last = math.ceil((start - zero) / step), math.floor((end - zero) / step)
    return Axis(start, end, tuple(zero + index * step for index in range(first, last + 1)))


def time_label(distance: float, span: float) -> str:
    """A tick's distance from zero (seconds): `40 s`, in a span of over ten minutes `12:30` or `1:05:00`."""
    sign, whole = (MINUS if distance < -0.5 else ""), round(abs(distance))
    if span <= 600:
        return f"{sign}{whole} s"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def value_label(value: float, axis: Axis) -> str:
    """A value's tick label, with as many decimals as the axis' step needs."""
    step = axis.ticks[1] - axis.ticks[0]
    if axis.high >= 1e4 or step < 1e-4:
        return number(value)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value + 0.0:.{decimals}f}".replace("-", MINUS)


def _round_step(wanted: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next((factor * power for factor in (1.0, 2.0, 5.0) if factor * power >= wanted * (1 - 1e-9)), 10.0 * power)
