"""Which of a scenario's signals the page plots: few, since each costs a question a second on a busy machine."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.compile.conditions import Group, of_group
from experiments.model.conditions import PromCondition
from experiments.model.scenario import Scenario
from experiments.record.drill import Signal
from experiments.rules import comparison

MOST = 6
"""Signals at a time; more than a person looks at, and about as many questions as Grafana's smallest dashboard."""

_GROUPS: tuple[Group, ...] = ("bites", "healthy", "recovers")
"""The harm first: what the incident is about is among them whatever else is."""


@dataclass(frozen=True)
class Shown:
    """A signal and the PromQL that is asked for it."""

    signal: Signal
    expr: str


def shown(scenario: Scenario) -> list[Shown]:
    """The left sides of the PromQL conditions, each distinct one once; the limit is that of the group named first.

    A limit that only the harm has would tell a trainee what is about to break, so that of `recovers` or `healthy` is
    preferred where one of them has the same left side.
    """
    found: dict[str, Shown] = {}
    for group in _GROUPS:
        conditions = list(of_group(scenario, group).items())
        for name, condition in conditions[:1] if group == "bites" else conditions:
            if not isinstance(condition, PromCondition):
                continue
            sides = comparison(condition.expr)
            known = found.get(sides.left)
            signal = Signal(id=known.signal.id if known else name, title=condition.title, limit=sides.limit)
            if known is not None or len(found) < MOST:
                found[sides.left] = Shown(signal, sides.left)
    return list(found.values())
