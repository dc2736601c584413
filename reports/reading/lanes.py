"""What each alert did over a run: inactive, pending, firing; delivered, resolved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.reading.load import Run
from reports.reading.shapes import Alert, Delivery

_RANK = {"inactive": 0, "pending": 1, "firing": 2}


HEARTBEAT = "Watchdog"
"""Fires all the time, so that a pager that hears nothing is noticed."""


@dataclass(frozen=True)
class Stretch:
    """A time during which an alert stayed in one state."""

    begin: float
    end: float
    state: str


@dataclass(frozen=True)
class Lane:
    """One alert over the run.

    Args:
        role: `expected`, `held back` (it had to fire and page nobody), `silent` (it had to stay inactive), `heartbeat`
            (the lab's own, always firing) or `other`.
        series: how many label sets were active at some moment.
        stretches: pending and firing times; in between the alert was inactive.
        deliveries: what arrived at the pager, in order.
    """

    alert: str
    role: str
    series: int
    stretches: tuple[Stretch, ...]
    deliveries: tuple[Delivery, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing at all was heard of it."""
        return not self.stretches and not self.deliveries

    def first(self, state: str) -> float | None:
        """When it first came into a state."""
        return next((s.begin for s in self.stretches if s.state == state), None)

    def delivered(self, status: str) -> float | None:
        """When it first arrived at the pager as `firing`, or last as `resolved`."""
        times = [d.at for d in self.deliveries if d.status == status]
        if not times:
            return None
        return max(times) if status == "resolved" else min(times)


def lanes(run: Run) -> tuple[Lane, ...]:
    """A lane for each alert the run knows of: expected ones first, as the author ordered them, then the silent ones."""
    series = run.signals.alerts if run.signals is not None else ()
    step = run.signals.step_s if run.signals is not None else 1.0
    arrived = run.notifications.deliveries if run.notifications is not None else ()
    roles = _roles(run)
    for name in [one.alert for one in series] + [d.alert for d in arrived]:
        roles.setdefault(name, "heartbeat" if name == HEARTBEAT else "other")
    return tuple(
        Lane(
            alert=name,
            role=role,
            series=sum(1 for one in series if one.alert == name and one.samples),
            stretches=_stretches([one for one in series if one.alert == name], step),
            deliveries=tuple(sorted((d for d in arrived if d.alert == name), key=lambda d: d.at)),
        )
        for name, role in roles.items()
    )


def _roles(run: Run) -> dict[str, str]:
    if run.scenario is None:
        return {}
    scenario = run.scenario.scenario
    roles = {expected.alert: "expected" for expected in scenario.detects}
    roles |= {one.target: "held back" for one in scenario.inhibitions}
    return roles | {name: "silent" for name in scenario.silent if name not in roles}


def _stretches(series: Iterable[Alert], step: float) -> tuple[Stretch, ...]:
    """Join samples into times; of several label sets the most severe state counts."""
    states: dict[float, str] = {}
    for one in series:
        for at, state in one.samples:
            if _RANK.get(state, 0) > _RANK[states.get(at, "inactive")]:
                states[at] = state
    found: list[Stretch] = []
    for at, state in sorted(states.items()):
        joins = bool(found) and at - found[-1].end <= step / 2
        if joins and found[-1].state == state:
            found[-1] = Stretch(found[-1].begin, at + step, state)
        else:
            if joins:
                found[-1] = Stretch(found[-1].begin, at, found[-1].state)
            found.append(Stretch(at, at + step, state))
    return tuple(found)
