"""Conditions a scenario writes in PromQL: the two sides of a comparison, and whether each is one series."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, cast

import promql_parser as promql

from cluster.errors import BrokenScenario
from experiments.rules.printer import write
from experiments.rules.walk import ARITHMETIC, is_comparison, without_parentheses

Operator = Literal["<", "<=", ">", ">=", "==", "!="]
_SEVERAL = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "count_values"})
_ALWAYS_ONE = frozenset({"scalar", "time", "pi", "vector", "absent", "absent_over_time"})


@dataclass(frozen=True)
class Comparison:
    """`left op right`, the sides as PromQL to be asked one by one."""

    left: str
    op: Operator
    right: str

    @property
    def limit(self) -> float | None:
        """What the left side is compared with where that is a number, which nobody has to be asked for."""
        node = promql.parse(self.right)
        return node.val if isinstance(node, promql.NumberLiteral) and math.isfinite(node.val) else None


def comparison(expr: str) -> Comparison:
    """Split a condition into its sides.

    Raises:
        BrokenScenario: it is no PromQL; its top is no comparison but `and`, `or`, `unless` or a value; it says `bool`,
            whose answer is always a series; it matches labels between the sides, which has no meaning for one series
            each; or a side is itself a comparison, which vanishes instead of being compared.
    """
    node = _parse(expr)
    if not isinstance(node, promql.BinaryExpr) or str(node.op) in ARITHMETIC:
        raise _broken(expr, "is a value and compares it with nothing")
    if not is_comparison(node):
        raise _broken(expr, f"is no comparison: its top is `{node.op}`; make each side a condition of its own")
    modifier = node.modifier
    if modifier is not None and modifier.return_bool:
        raise _broken(expr, "says `bool`, which yields a series whether or not it holds; leave it out")
    if modifier is not None and modifier.matching is not None and modifier.matching.labels:
        raise _broken(expr, "matches labels between its sides; aggregate each side to one series instead")
    for side in (node.lhs, node.rhs):
        if is_comparison(without_parentheses(side)):
            raise _broken(expr, f"compares the comparison `{write(side)}`, which has no value where it does not hold")
    return Comparison(_outer(node.lhs), cast(Operator, str(node.op)), _outer(node.rhs))


def several_series(expr: str) -> str | None:
    """The first side of a condition that may yield more than one series, or None.

    A side is one series by form: a number, an aggregation without `by` labels, or arithmetic and functions of such.
    """
    node = _parse(expr)
    sides = [node.lhs, node.rhs] if isinstance(node, promql.BinaryExpr) else [node]
    return next((write(side) for side in sides if not _one_series(side)), None)


def _one_series(node: promql.Expr) -> bool:
    match node:
        case promql.NumberLiteral() | promql.StringLiteral():
            return True
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _one_series(node.expr)
        case promql.AggregateExpr():
            ungrouped = node.modifier is None or (
                node.modifier.type == promql.AggModifierType.By and not node.modifier.labels
            )
            return (ungrouped and str(node.op) not in _SEVERAL) or _one_series(node.expr)
        case promql.Call() if node.func.name == "histogram_quantile":
            return _one_series(node.args[0]) and _one_histogram(node.args[1])
        case promql.Call():
            return node.func.name in _ALWAYS_ONE or all(_one_series(argument) for argument in node.args)
        case promql.BinaryExpr():
            return _one_series(node.lhs) and _one_series(node.rhs)
    return False


def _one_histogram(node: promql.Expr) -> bool:
    """Whether only `le` tells the series apart: `sum by (le) (…)`."""
    node = without_parentheses(node)
    by_le = isinstance(node, promql.AggregateExpr) and node.modifier is not None and node.modifier.labels == ["le"]
    return by_le or _one_series(node)


def _parse(expr: str) -> promql.Expr:
    try:
        return without_parentheses(promql.parse(expr))
    except ValueError as error:
        raise _broken(expr, f"is no PromQL: {error}") from error


def _outer(node: promql.Expr) -> str:
    return write(without_parentheses(node))


def _broken(expr: str, why: str) -> BrokenScenario:
    return BrokenScenario(f"the condition `{expr.strip()}` {why}", "write LEFT op RIGHT, such as `sum(up) == 2`")
