"""Going through a PromQL tree by its own attributes.

promql-parser's own `walk` hands out copies: what is changed there is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql


def children(node: promql.Expr) -> list[promql.Expr]:
    """The direct parts of a node, left to right; the selector inside a range counts as its part."""
    match node:
        case promql.MatrixSelector():
            return [node.vector_selector]
        case promql.SubqueryExpr() | promql.ParenExpr() | promql.UnaryExpr():
            return [node.expr]
        case promql.Call():
            return list(node.args)
        case promql.AggregateExpr():
            return [node.expr] if node.param is None else [node.param, node.expr]
        case promql.BinaryExpr():
            return [node.lhs, node.rhs]
    return []


def walk(node: promql.Expr) -> Iterator[promql.Expr]:
    """Every node, parents first, left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def without_parentheses(node: promql.Expr) -> promql.Expr:
    """The node inside any number of parentheses."""
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return node


def is_comparison(node: promql.Expr) -> bool:
    """Whether the node compares its two sides, with or without `bool`."""
    return isinstance(node, promql.BinaryExpr) and str(node.op) in COMPARISONS


COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})
