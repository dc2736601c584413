"""What series an expression reads: each selector as PromQL of its own."""

from __future__ import annotations

from datetime import timedelta

import promql_parser as promql

from cluster.errors import BrokenScenario
from experiments.rules.printer import write
from experiments.rules.targets import asks_for_absence
from experiments.rules.walk import children


def input_selectors(expr: str, *, needed: bool = False) -> list[str]:
    """Every vector selector of an expression, once each, left to right, to be asked as `count(SELECTOR)`.

    A selector carries its offset and those of the subqueries around it, so it asks for the series at the time the
    expression looks at.

    Args:
        expr: PromQL.
        needed: only those whose series must be there; what `absent` asks for may well be missing.

    Raises:
        BrokenScenario: the text is no PromQL.
    """
    try:
        tree = promql.parse(expr)
    except ValueError as error:
        raise BrokenScenario(f"`{expr.strip()}` is no PromQL: {error}", "correct the expression") from error
    found: dict[str, None] = {}
    _collect(tree, timedelta(), found, needed)
    return list(found)


def _collect(node: promql.Expr, back: timedelta, found: dict[str, None], needed: bool) -> None:
    if needed and asks_for_absence(node):
        return
    if isinstance(node, promql.VectorSelector | promql.SubqueryExpr):
        back += node.offset or timedelta()
    if isinstance(node, promql.VectorSelector):
        node.offset = back or None
        found[write(node)] = None
    for child in children(node):
        _collect(child, back, found, needed)
