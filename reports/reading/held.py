"""When a condition held, by its samples."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

from reports.reading.shapes import Condition

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Held:
    """A time during which every sample said the same: the condition held, or it did not."""

    begin: float
    end: float
    held: bool


def held(condition: Condition, step: float) -> tuple[Held, ...]:
    """Join a condition's samples into times; in between nobody could say (a side was missing, NaN or infinite)."""
    compare = _COMPARE.get(condition.op)
    if compare is None:
        return ()
    right = {round(at, 3): value for at, value in condition.right}
    found: list[Held] = []
    for at, value in condition.left:
        other = right.get(round(at, 3))
        if value is None or other is None or math.isnan(value) or math.isnan(other):
            continue
        now = compare(value, other)
        if found and found[-1].held == now and at - found[-1].end <= step / 2:
            found[-1] = Held(found[-1].begin, at + step, now)
        else:
            found.append(Held(at, at + step, now))
    return tuple(found)
