"""The six comparisons a condition may make: one table for the engine, which asks, and the judge, which looks again."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Literal

Op = Literal["<", "<=", ">", ">=", "==", "!="]
COMPARE: dict[Op, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
