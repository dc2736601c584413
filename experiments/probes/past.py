"""The past of a condition: at which moments it held, from Prometheus' samples or from the sampler's own."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass, field
from typing import Protocol

from experiments.model.comparison import COMPARE, Op
from experiments.model.conditions import Condition, PromCondition
from experiments.probes.prometheus import Prometheus, Samples
from experiments.rules import comparison

GAP_S = 5.0
"""A stretch without samples as long as this is an outage of the oracle: five scrapes, Prometheus' lookback here."""


@dataclass(frozen=True)
class Past:
    """Both sides of a comparison over time."""

    op: Op
    left: Samples = field(default_factory=list)
    right: Samples = field(default_factory=list)

    def held(self) -> list[tuple[float, bool]]:
        """Each moment at which both sides have a sample, and whether the comparison was true."""
        right = dict(self.right)
        return [(at, COMPARE[self.op](value, right[at])) for at, value in self.left if at in right]

    def first_held(self) -> float | None:
        """The first moment at which it held, or None."""
        return next((at for at, held in self.held() if held), None)

    def first_broken(self) -> float | None:
        """The first moment at which it did not hold, or None."""
        return next((at for at, held in self.held() if not held), None)

    def last(self, held: bool) -> float | None:
        """The newest moment at which it held, or did not, or None."""
        return next((at for at, was in reversed(self.held()) if was is held), None)

    def gap(self, start: float, end: float, longest_s: float = GAP_S) -> tuple[float, float] | None:
        """The first stretch of `longest_s` or more between `start` and `end` without an answer, or None.

        A watch in which nobody answered at all is a gap, however short it is.
        """
        answered = [at for at, _ in self.held() if start <= at <= end]
        if not answered:
            return start, end
        moments = [start, *answered, end]
        return next(((a, b) for a, b in itertools.pairwise(moments) if b - a >= longest_s), None)

    def state(self) -> str:
        """The newest sample in words."""
        if not self.left or not self.right:
            return "no sample"
        return f"{self.left[-1][1]:g} {self.op} {self.right[-1][1]:g}"


class Sampled(Protocol):
    """Samples of the conditions that Prometheus does not keep."""

    def samples(self, name: str) -> Samples:
        """1 (held) or 0 at each moment the condition was asked."""


def past(
    name: str, condition: Condition, prometheus: Prometheus, sampled: Sampled, start: float, end: float, step_s: float
) -> Past:
    """The past of a condition between two moments (epoch seconds).

    Raises:
        OracleUnavailable: Prometheus cannot be asked, or a side yields several series.
    """
    if isinstance(condition, PromCondition):
        sides = comparison(condition.expr)
        left = prometheus.line(sides.left, start, end, step_s)
        limit = sides.limit
        right = prometheus.line(sides.right, start, end, step_s) if limit is None else [(at, limit) for at, _ in left]
        return Past(op=sides.op, left=left, right=right)
    own = sampled.samples(name)
    own = own[bisect.bisect_left(own, (start, -1.0)) : bisect.bisect_right(own, (end, 2.0))]
    return Past("==", left=own, right=[(at, 1.0) for at, _ in own])
