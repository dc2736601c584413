"""Whether an expression asks which targets there are, rather than what a target says."""

from __future__ import annotations

import promql_parser as promql

from experiments.rules.walk import walk

_ABSENT = frozenset({"absent", "absent_over_time"})


def sees_targets(tree: promql.Expr) -> bool:
    """True where an expression reads `up`, or asks whether series are missing (`absent`, `absent_over_time`)."""
    return any(
        (isinstance(node, promql.VectorSelector) and node.name == "up") or asks_for_absence(node) for node in walk(tree)
    )


def asks_for_absence(node: promql.Expr) -> bool:
    """True for `absent(…)` and `absent_over_time(…)`."""
    return isinstance(node, promql.Call) and node.func.name in _ABSENT
