"""The numbers of an expression whose meaning depends on time: seconds, and counts within a window.

`predict_linear(x, 3600)`, `time() - x > 86400` and `increase(x[10m]) > 3` mean something else once ranges shrink, and
no printer can tell them from `x > 3`. A small analysis of dimensions finds them: each part of the tree is a constant,
a plain value, a rate, seconds, or a count that grows with its window, and a number is a figure where it meets one of
the last two, or lengthens a rate by whole minutes.

How long a request took is the exception: 200 ms are as long in the lab as in production, so such a threshold stays. A
story in which it has to shrink (a query of 30 s, in an incident that lasts 30 s) says so itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import promql_parser as promql

from experiments.rules.walk import COMPARISONS, children, walk


class Dimension(IntEnum):
    """What a part of an expression measures; where two meet, the higher one stays."""

    CONSTANT = 0
    PLAIN = 1
    LATENCY = 2
    RATE = 3
    SECONDS = 4
    COUNT = 5


@dataclass(frozen=True)
class Figure:
    """A number literal that depends on time, and why; one that `stays` is scaled only where a time scale names it."""

    node: promql.NumberLiteral
    why: str
    stays: bool = False


_COUNTS = frozenset({"increase", "delta", "idelta", "changes", "resets", "count_over_time", "sum_over_time"})
_RATES = frozenset({"rate", "irate", "deriv"})
_CLOCKS = frozenset(
    "time timestamp minute hour day_of_week day_of_month day_of_year days_in_month month year".split()  # noqa: SIM905
)
_TRANSPARENT = frozenset(
    "abs ceil floor round clamp clamp_min clamp_max sort sort_desc label_replace label_join scalar vector "  # noqa: SIM905
    "min_over_time max_over_time avg_over_time last_over_time quantile_over_time histogram_count histogram_sum".split()
)
_COUNTING_AGGREGATIONS = frozenset({"count", "count_values", "group"})
# A gauge that Prometheus' naming rules say is in units of time: lag, age, moment. Parts of histograms end differently.
_TIME_GAUGE = re.compile(r"_(seconds|milliseconds|minutes|hours|days|timestamp)(?![a-z_])")
# Seconds that a request took, in the buckets of a histogram.
_LATENCY_BUCKETS = re.compile(r"_(seconds|milliseconds)_bucket$")
_WHY = {Dimension.SECONDS: "a number of seconds", Dimension.COUNT: "a count within a window"}


def time_figures(tree: promql.Expr, recorded: Mapping[str, Dimension]) -> tuple[list[Figure], Dimension]:
    """Every number of the expression that depends on time, except 0, which is 0 at any scale.

    Args:
        tree: the expression.
        recorded: what the recording rules of the same file measure, by their name.

    Returns:
        the figures, left to right, and what the whole expression measures.
    """
    survey = _Survey(recorded)
    dimension = survey.measure(tree)
    order = {id(node): place for place, node in enumerate(walk(tree))}
    return sorted(survey.found.values(), key=lambda figure: order[id(figure.node)]), dimension


class _Survey:
    def __init__(self, recorded: Mapping[str, Dimension]) -> None:
        self._recorded = recorded
        self.found: dict[int, Figure] = {}

    def measure(self, node: promql.Expr) -> Dimension:
        match node:
            case promql.NumberLiteral() | promql.StringLiteral():
                return Dimension.CONSTANT
            case promql.VectorSelector():
                return self._selector(node)
            case promql.MatrixSelector():
                return self._selector(node.vector_selector)
            case promql.Call():
                return self._call(node)
            case promql.AggregateExpr():
                inner = self.measure(node.expr)
                return Dimension.PLAIN if str(node.op) in _COUNTING_AGGREGATIONS else inner
            case promql.BinaryExpr():
                return self._binary(node)
        return max((self.measure(child) for child in children(node)), default=Dimension.PLAIN)

    def _selector(self, node: promql.VectorSelector) -> Dimension:
        names = [node.name] if node.name else [m.value for m in node.matchers.matchers if m.name == "__name__"]
        name = names[0] if names else ""
        if name in self._recorded:
            return self._recorded[name]
        return Dimension.SECONDS if _TIME_GAUGE.search(name) else Dimension.PLAIN

    def _call(self, node: promql.Call) -> Dimension:
        name = node.func.name
        measured = [self.measure(argument) for argument in node.args]
        if name == "predict_linear":
            self._note(node.args[1], "a number of seconds ahead")
            return measured[0]
        if name == "histogram_quantile" and _measures_latency(node):
            return Dimension.LATENCY
        if name in _COUNTS:
            return Dimension.COUNT
        if name in _RATES:
            return Dimension.RATE
        if name in _CLOCKS:
            return Dimension.SECONDS
        if name not in _TRANSPARENT:
            return Dimension.PLAIN
        inner = max(measured, default=Dimension.PLAIN)
        if inner in _WHY and name.startswith(("clamp", "round")):
            for argument, dimension in zip(node.args, measured, strict=True):
                if dimension is Dimension.CONSTANT:
                    self._note(argument, _WHY[inner])
        return inner

    def _binary(self, node: promql.BinaryExpr) -> Dimension:
        left, right, op = self.measure(node.lhs), self.measure(node.rhs), str(node.op)
        both = max(left, right)
        if op in COMPARISONS or op in ("+", "-", "%"):
            if both in _WHY:
                self._note_constant_sides(node, left, right, _WHY[both])
            elif both is Dimension.LATENCY:
                self._note_constant_sides(node, left, right, "how long a request took", stays=True)
            returns_bool = node.modifier is not None and node.modifier.return_bool
            return Dimension.PLAIN if returns_bool and op in COMPARISONS else both
        if op in ("*", "/"):
            if both >= Dimension.RATE:
                self._note_constant_sides(node, left, right, "a factor of whole minutes", whole_minutes=True)
            return _quotient(left, right) if op == "/" else both
        if op in ("and", "unless"):
            return left
        return both if op == "or" else Dimension.PLAIN

    def _note_constant_sides(
        self,
        node: promql.BinaryExpr,
        left: Dimension,
        right: Dimension,
        why: str,
        whole_minutes: bool = False,
        stays: bool = False,
    ) -> None:
        for side, dimension in ((node.lhs, left), (node.rhs, right)):
            if dimension is Dimension.CONSTANT:
                self._note(side, why, whole_minutes, stays)

    def _note(self, constant: promql.Expr, why: str, whole_minutes: bool = False, stays: bool = False) -> None:
        for node in walk(constant):
            if isinstance(node, promql.NumberLiteral) and node.val != 0:
                if whole_minutes and (abs(node.val) < 60 or node.val % 60):
                    continue
                self.found.setdefault(id(node), Figure(node, why, stays))


def _measures_latency(node: promql.Expr) -> bool:
    return any(isinstance(n, promql.VectorSelector) and _LATENCY_BUCKETS.search(n.name or "") for n in walk(node))


def _quotient(left: Dimension, right: Dimension) -> Dimension:
    """A ratio of like things is plain; a stock over a rate is the time until it is used up."""
    if left == right and left >= Dimension.LATENCY:
        return Dimension.PLAIN
    if right is Dimension.RATE and left <= Dimension.LATENCY:
        return Dimension.SECONDS
    return max(left, right)
