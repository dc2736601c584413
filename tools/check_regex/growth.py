"""What the times say: how they grow with the input, whatever the machine's speed.

A verdict is a ratio of times of the same process, in processor time, so neither a slow machine nor a busy one changes
it. The threshold is a growth of 2.5 times for each doubling of the input: a linear match takes 2 times as long, a
quadratic one 4 times, and 2.5 leaves each of them room for the error of a measurement.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.check_regex.session import Unmeasured

RATIO = 2.5
"""Times as long for twice the input, from which growth is dangerous."""
DEGREE = math.log2(RATIO)
CLEAR_S = 1e-4
"""Shorter times are mostly the clock and the call."""
AUDIBLE_S = 1e-5
"""Shorter ones are nothing else."""
ABOVE = 4.0
"""Neither are those below this many times what the shortest input takes."""
SLOW_S = 1e-2
"""Growth that does not even reach this at the longest input is none: a quadratic match makes 10^9 steps there."""
NEEDED = 4
WITHIN = 300.0
"""Points below the last one by more than this factor tell of the beginning, not of how it goes on."""


@dataclass(frozen=True)
class Point:
    """One measurement: pumps, characters in all, processor seconds; `beyond` when it was killed at that time."""

    n: int
    length: int
    seconds: float
    beyond: bool = False


@dataclass(frozen=True)
class Growth:
    """How the time grows.

    Args:
        kind: `exponential`, `polynomial` or `linear` (or less).
        degree: slope of the times on logarithmic scales, 2 for quadratic; of an exponential one where it was measured.
        per_pump: factor by which one more pump multiplies the time, of an exponential one.
    """

    kind: str
    degree: float
    per_pump: float | None = None

    @property
    def dangerous(self) -> bool:
        """More than linear."""
        return self.kind != "linear"

    def __str__(self) -> str:
        match self.kind:
            case "exponential":
                return f"exponential, {self.per_pump:.2g} times as long with each further pump"
            case "polynomial":
                return f"polynomial of degree {self.degree:.1f}, {2**self.degree:.1f} times as long for twice the input"
        return "linear"


def judge(points: Sequence[Point]) -> Growth:
    """The growth that measurements show.

    Args:
        points: by increasing n, up to the longest input or as far as time allowed.

    Raises:
        Unmeasured: they are too few to tell.
    """
    last = points[-1]
    if last.seconds < SLOW_S and not last.beyond:
        return Growth("linear", min(1.0, _slope(points, _logarithm)[0]) if len(points) > 1 else 0.0)
    clear = [one for one in points if one.seconds >= CLEAR_S and one.seconds * WITHIN >= last.seconds]
    if len(clear) < NEEDED:
        clear = list(points[-NEEDED:])
    if len(clear) < NEEDED - last.beyond:
        raise Unmeasured(f"{len(points)} times do not tell how it grows")
    degree, _ = _slope(clear, _logarithm)
    if degree <= DEGREE:
        return Growth("linear", degree)
    # The further apart the sizes, the better a bent line is told from a straight one.
    wide = [one for one in points if one.seconds >= max(AUDIBLE_S, ABOVE * points[0].seconds)]
    wide = wide if len(wide) >= len(clear) else clear
    _, off = _slope(wide, _logarithm)
    rate, off_exponential = _slope(wide, _pumps)
    if off_exponential < off:
        return Growth("exponential", degree, math.exp(rate))
    return Growth("polynomial", degree)


def _logarithm(one: Point) -> float:
    return math.log(one.length)


def _pumps(one: Point) -> float:
    return float(one.n)


def _slope(points: Sequence[Point], along: Callable[[Point], float]) -> tuple[float, float]:
    """Least squares of the logarithm of the times along something: the slope, and what is left over."""
    xs, ys = [along(one) for one in points], [math.log(max(one.seconds, 1e-9)) for one in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
    return slope, sum((b - y - slope * (a - x)) ** 2 for a, b in zip(xs, ys, strict=True))
