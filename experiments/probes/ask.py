"""Asking a condition at this moment, each kind in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from experiments.model.comparison import COMPARE, Op
from experiments.model.conditions import Condition, HttpCondition, KubeCondition, PromCondition, SqlCondition
from experiments.probes.kube import field
from experiments.probes.sources import Sources
from experiments.rules import comparison


@dataclass(frozen=True)
class Answer:
    """What a condition said: the two sides of its comparison, and the state in words.

    Conditions that compare text have 1 (equal) or 0 on the left, 1 on the right.
    """

    left: float
    op: Op
    right: float
    state: str

    @property
    def held(self) -> bool:
        """Whether the comparison is true."""
        return COMPARE[self.op](self.left, self.right)


def _equal(seen: str, wanted: str, what: str) -> Answer:
    return Answer(float(seen == wanted), "==", 1.0, f"{what} is {seen!r}, wanted {wanted!r}")


@singledispatch
def ask(condition: Condition, sources: Sources) -> Answer:
    """Ask a condition once, now.

    Raises:
        OracleUnavailable: it could not be asked, or the answer is missing or ambiguous.
    """
    raise NotImplementedError(type(condition).__name__)


@ask.register
def _(condition: PromCondition, sources: Sources) -> Answer:
    sides = comparison(condition.expr)
    left = sources.prometheus.number(sides.left)
    right = sources.prometheus.number(sides.right) if sides.limit is None else sides.limit
    return Answer(left, sides.op, right, f"{left:g} {sides.op} {right:g}")


@ask.register
def _(condition: SqlCondition, sources: Sources) -> Answer:
    seen = sources.sql(condition.namespace, condition.service, condition.database, condition.query)
    return _equal(seen, condition.equals, "the query's value")


@ask.register
def _(condition: KubeCondition, sources: Sources) -> Answer:
    seen = field(sources.handle, condition.namespace, condition.resource, condition.path)
    return _equal(seen, condition.equals, f"{condition.resource} {condition.path}")


@ask.register
def _(condition: HttpCondition, sources: Sources) -> Answer:
    answer = sources.services.get(condition.namespace, condition.service, condition.port, condition.path)
    return _equal(str(answer.status_code), str(condition.status), f"{condition.service}{condition.path}'s status")
