"""How far back an expression looks, which is how long a past signal stays in it."""

from __future__ import annotations

from collections.abc import Mapping

import promql_parser as promql

from experiments.rules.walk import children


def window_s(tree: promql.Expr, recorded: Mapping[str, float]) -> float:
    """The longest range of an expression in seconds, 0 where there is none.

    A range inside a subquery adds to it, and a recorded series brings the window of the rule that records it. Offsets
    do not count: they look at another time, not at a longer one.

    Args:
        tree: the expression.
        recorded: windows (seconds) of the recording rules before it, by name.
    """
    inner = max((window_s(child, recorded) for child in children(tree)), default=0.0)
    match tree:
        case promql.MatrixSelector():
            return inner + tree.range.total_seconds()
        case promql.SubqueryExpr() if tree.range is not None:
            return inner + tree.range.total_seconds()
        case promql.VectorSelector() if tree.name:
            return recorded.get(tree.name, 0.0)
    return inner
