"""Production durations as lab durations: what each place in a rule does to its duration."""

from __future__ import annotations

import math

from experiments.model.timescale import TimeScale
from experiments.record.files import AlertClock

_SCRAPES_A_RANGE_NEEDS = 4


class LabTime:
    """One rule's way from production to lab durations; all in seconds.

    It remembers which overrides were used (`used`) and what had to be raised above its scaled value (`notes`).
    """

    def __init__(self, scale: TimeScale, clock: AlertClock) -> None:
        self._scale = scale
        self._clock = clock
        self.used: set[float] = set()
        self.notes: list[str] = []

    def hold(self, production_s: float, *, sees_targets: bool = False) -> float:
        """A `for` or `keep_firing_for`: rounded up to whole evaluation intervals; 0 stays 0.

        Args:
            production_s: as production has it.
            sees_targets: the rule asks which targets there are, and those are known late: a pod that a release
                replaced stays down, and its successor unknown, until discovery has told. Discovery's own interval
                does not scale, so neither does a `for` that outlasts it in production.
        """
        lab_s = self._scaled(production_s)
        floor_s = min(production_s, self._clock.discovery_s + self._clock.scrape_s + self._clock.evaluation_s)
        if sees_targets and self._clock.discovery_s and lab_s < floor_s:
            self.notes.append(f"`for` is {lab_s:g} s in the lab, raised to what discovery needs ({floor_s:g} s)")
            lab_s = floor_s
        # Division leaves 1.0000000001 where 1 is meant.
        return math.ceil(round(lab_s / self._clock.evaluation_s, 6)) * self._clock.evaluation_s

    def range(self, production_s: float) -> float:
        """A range, of a selector or a subquery: at least four scrapes, or `rate` may see one sample."""
        return self._at_least(_SCRAPES_A_RANGE_NEEDS * self._clock.scrape_s, production_s, "four scrapes")

    def step(self, production_s: float) -> float:
        """A subquery's step: at least one scrape, for there is nothing to see in between."""
        return self._at_least(self._clock.scrape_s, production_s, "one scrape")

    def offset(self, production_s: float) -> float:
        """An offset, either way, to the millisecond."""
        return math.copysign(self._scaled(abs(production_s)), production_s)

    def _scaled(self, production_s: float) -> float:
        if production_s in self._scale.overrides:
            self.used.add(production_s)
            return self._scale.overrides[production_s]
        return round(production_s / self._scale.factor, 3)

    def _at_least(self, floor_s: float, production_s: float, why: str) -> float:
        lab_s = self._scaled(production_s)
        if lab_s >= floor_s:
            return lab_s
        self.notes.append(f"{production_s:g} s is {lab_s:g} s in the lab, raised to {why} ({floor_s:g} s)")
        return floor_s
