"""A PromQL syntax tree as text.

`str()` of a promql-parser node is not enough: it leaves out the colon of a subquery without a step (`[15m:]` becomes
a range), prints quotes and line breaks of label values as they are, and cuts durations to whole seconds.
"""

from __future__ import annotations

import json
import math
from datetime import timedelta

import promql_parser as promql

_MS = timedelta(milliseconds=1)
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
# The parser's enumerations cannot be hashed; their text can.
_MATCH = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_GROUP = {"VectorMatchCardinality.ManyToOne": "group_left", "VectorMatchCardinality.OneToMany": "group_right"}
_MOMENT = {"AtModifierType.Start": "start()", "AtModifierType.End": "end()"}


def write(node: promql.Expr) -> str:
    """The expression as PromQL on one line; parsing it again gives the same tree.

    Raises:
        ValueError: the tree holds something Prometheus itself does not know (`or` between matchers, fill values).
    """
    match node:
        case promql.NumberLiteral():
            return number(node.val)
        case promql.StringLiteral():
            return _string(node.val)
        case promql.VectorSelector():
            return _selector(node) + _moved(node.at, node.offset)
        case promql.MatrixSelector():
            inner = node.vector_selector
            return f"{_selector(inner)}[{duration(node.range)}]{_moved(inner.at, inner.offset)}"
        case promql.SubqueryExpr():
            window = duration(node.range or timedelta())
            step = duration(node.step) if node.step is not None else ""
            return f"{write(node.expr)}[{window}:{step}]{_moved(node.at, node.offset)}"
        case promql.ParenExpr():
            return f"({write(node.expr)})"
        case promql.UnaryExpr():
            return f"-{write(node.expr)}"
        case promql.Call():
            return f"{node.func.name}({', '.join(write(argument) for argument in node.args)})"
        case promql.AggregateExpr():
            return _aggregation(node)
        case promql.BinaryExpr():
            return f"{write(node.lhs)} {node.op}{_matching(node.modifier)} {write(node.rhs)}"
    raise ValueError(f"{type(node).__name__} is no part of PromQL that this lab knows")


def number(value: float) -> str:
    """A number as PromQL writes it: 3600, 0.95, 1e+25, Inf, NaN."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def duration(length: timedelta) -> str:
    """A duration as PromQL writes it, to the millisecond: 1m30s, 250ms, -1d."""
    rest = abs(length) // _MS
    if rest == 0:
        return "0s"
    text = "-" if length < timedelta() else ""
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _selector(node: promql.VectorSelector) -> str:
    if node.matchers.or_matchers:
        raise ValueError("`or` between label matchers is not PromQL of Prometheus")
    matchers = ", ".join(f"{m.name}{_MATCH[str(m.op)]}{_string(m.value)}" for m in node.matchers.matchers)
    return (node.name or "") + (f"{{{matchers}}}" if matchers or not node.name else "")


def _moved(at: promql.AtModifier | None, offset: timedelta | None) -> str:
    text = ""
    if at is not None:
        text += f" @ {number(at.at.timestamp()) if at.at is not None else _MOMENT[str(at.type)]}"
    if offset:
        text += f" offset {duration(offset)}"
    return text


def _aggregation(node: promql.AggregateExpr) -> str:
    by = ""
    if node.modifier is not None:
        word = "by" if node.modifier.type == promql.AggModifierType.By else "without"
        by = f" {word} ({', '.join(node.modifier.labels)}) "
    parameter = f"{write(node.param)}, " if node.param is not None else ""
    return f"{node.op}{by}({parameter}{write(node.expr)})"


def _matching(modifier: promql.BinModifier | None) -> str:
    if modifier is None:
        return ""
    fill = modifier.fill_values
    if fill is not None and (fill.lhs is not None or fill.rhs is not None):
        raise ValueError("fill values are not PromQL of this lab's Prometheus")
    text = " bool" if modifier.return_bool else ""
    if modifier.matching is not None:
        word = "on" if modifier.matching.type == promql.LabelModifierType.Include else "ignoring"
        text += f" {word} ({', '.join(modifier.matching.labels)})"
    side = _GROUP.get(str(modifier.card))
    return text + (f" {side} ({', '.join(modifier.group_labels or [])})" if side else "")
