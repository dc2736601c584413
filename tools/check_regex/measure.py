"""How one input's time grows: measured at doubling sizes, and in smaller steps where doubling would take for ever."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.check_regex.attacks import Attack
from tools.check_regex.growth import CLEAR_S, NEEDED, Growth, Point, judge
from tools.check_regex.session import Session, TookLonger

SMALLEST = 1
LONGEST = 65536
"""Characters of the longest input that is tried."""
ENOUGH_S = 0.3
"""A match that would take longer is not begun."""
STEEP = 4.5
"""Degree from which twice the input may be too much at once."""


@dataclass(frozen=True)
class Measured:
    """One input, its times and how they grow."""

    attack: Attack
    points: tuple[Point, ...]
    growth: Growth


def measure(session: Session, attack: Attack) -> Measured:
    """Measure one input; what looks dangerous is measured once more, and the shorter times count.

    Raises:
        tools.check_regex.session.Unmeasured: it could not be measured.
    """
    points = tuple(_series(session, attack))
    growth = judge(points)
    if growth.dangerous:
        # Noise only ever adds to a time.
        again = {one.n: one for one in _series(session, attack)}
        points = tuple(min(one, again.get(one.n, one), key=lambda point: point.seconds) for one in points)
        growth = judge(points)
    return Measured(attack, points, growth)


def _series(session: Session, attack: Attack) -> list[Point]:
    """Times at growing sizes. Where a match was killed, the sizes before it are filled in, one by one."""
    points: list[Point] = []
    killed: Point | None = None
    n: int | None = SMALLEST
    while n is not None and (attack.length(n) <= LONGEST or not points) and not (killed and n >= killed.n):
        try:
            points.append(Point(n, attack.length(n), session.seconds(attack, n)))
        except TookLonger:
            again, killed = killed, Point(n, attack.length(n), session.limit_s, beyond=True)
            if again or not points:
                break
            n = points[-1].n + 1
        else:
            n = _further(points) if killed is None else _next(points)
    return [*points, killed] if killed else points


def _next(points: Sequence[Point]) -> int | None:
    return points[-1].n + 1 if points[-1].seconds <= ENOUGH_S else None


def _degree(before: Point, last: Point) -> float:
    return math.log(max(last.seconds / max(before.seconds, 1e-9), 1.0)) / math.log(last.length / before.length)


def _further(points: Sequence[Point]) -> int | None:
    """The next size, or none where there is enough to judge by and more would only take time."""
    last = points[-1]
    if last.seconds > ENOUGH_S:
        return None
    if len(points) == 1 or last.seconds < CLEAR_S / 2:
        return 2 * last.n
    # Of the last two steps, so that one time which came out too short does not make the next step too large.
    degree = max(_degree(*pair) for pair in pairwise(points[-3:]))
    if degree <= STEEP and last.seconds * 2**degree <= ENOUGH_S:
        return 2 * last.n
    clear = [one for one in points if one.seconds >= CLEAR_S]
    if degree <= STEEP and len(clear) > NEEDED:
        return None
    return last.n + max(1, last.n // 8)
