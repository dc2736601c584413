"""The conditions of a run by name: `bites.0` is the first of `bites`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from experiments.model.alerts import Absorbs, StoppedBy, Watched
from experiments.model.conditions import Condition, PromCondition
from experiments.model.scenario import Scenario
from experiments.record.kinds import GUARD_RAILS, RunKind

Group = Literal["healthy", "bites", "proof", "mitigated", "recovers", "invariants", "trace", "keeps"]
GROUPS: tuple[Group, ...] = get_args(Group)


def of_group(scenario: Scenario, group: Group) -> dict[str, Condition]:
    """The conditions of one group by name, in the order they were written.

    Args:
        scenario: the scenario.
        group: `trace` and `keeps` are the guard rail's, the others are fields of the scenario.
    """
    guarded: Watched = scenario.prevention if isinstance(scenario.prevention, Watched) else Absorbs()
    written: dict[Group, Sequence[Condition]] = {
        "healthy": scenario.healthy,
        "bites": scenario.bites,
        "proof": scenario.proof,
        "mitigated": scenario.mitigated,
        "recovers": scenario.recovers,
        "invariants": scenario.invariants,
        "trace": _comparisons(guarded.trace),
        "keeps": _comparisons(guarded.keeps),
    }
    return {f"{group}.{n}": condition for n, condition in enumerate(written[group])}


def steady(scenario: Scenario, kind: RunKind) -> tuple[Group, ...]:
    """The groups whose conditions have to hold before the fault.

    `healthy` is the steady state. What a live gate keeps, too, in its run: it may be said of a minute or more, in a
    part of which the system was still being deployed, and that is no news of the gate.
    """
    walked = kind in GUARD_RAILS and isinstance(scenario.prevention, StoppedBy)
    return ("healthy", "keeps") if walked else ("healthy",)


def by_name(scenario: Scenario) -> dict[str, Condition]:
    """All conditions of a scenario by name."""
    return {name: condition for group in GROUPS for name, condition in of_group(scenario, group).items()}


def _comparisons(written: Sequence[str]) -> Sequence[Condition]:
    """Conditions that are titled by what they ask."""
    return [PromCondition(title=expr, expr=expr) for expr in written]
