"""From a plan to its steps: teams dealt out, random scenarios and moments of surprise drawn from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cluster.errors import UsageError
from drills.gameday.plan import EVERYBODY, RANDOM, BreakEntry, IncidentEntry, Level, Plan, Window
from drills.gameday.record import Step


@dataclass(frozen=True)
class Playable:
    """A scenario as far as a day needs to know it."""

    name: str
    title: str
    level: int


def draw(plan: Plan, scenarios: Mapping[str, Playable], seed: int) -> list[Step]:
    """What a plan comes to.

    Args:
        plan: a plan that fits.
        scenarios: what may be played, by name as it is typed.
        seed: the same plan, scenarios and seed give the same steps.

    Raises:
        UsageError: no scenario is of the level that a random one has to be.
    """
    return list(_Drawing(plan, scenarios, seed).steps())


class _Drawing:
    def __init__(self, plan: Plan, scenarios: Mapping[str, Playable], seed: int) -> None:
        self.plan, self.scenarios = plan, scenarios
        self.chance = random.Random(seed)  # noqa: S311  a game's dice, to be thrown alike again
        self.used = {name.replace("_", "-") for name in _named(plan)}

    def steps(self) -> Iterator[Step]:
        windows = 0
        for entry in self.plan.entries:
            if isinstance(entry, BreakEntry):
                yield Step(kind="break", length_s=entry.break_)
            elif isinstance(entry, IncidentEntry):
                scenario = self._scenario(entry.incident, entry.level)
                for team in self._teams(entry.team):
                    yield self._incident(entry, scenario, team)
            else:
                yield from self._window(entry.window, windows)
                windows += 1

    def _window(self, window: Window, number: int) -> Iterator[Step]:
        yield Step(kind="window", window=number, length_s=window.length, clock=window.from_)
        teams = self._teams(window.team)
        chosen = self._surprises(window)
        for turn, (name, moment_s) in enumerate(zip(chosen, self._moments(window), strict=True)):
            step = self._incident(window, self._scenario(name, window.level), teams[turn % len(teams)])
            yield step.model_copy(update={"window": number, "moment_s": moment_s})
        yield Step(kind="watch", window=number, length_s=window.length)

    def _surprises(self, window: Window) -> list[str]:
        """As many names as incidents come, each once before one comes again."""
        chosen: list[str] = []
        while len(chosen) < window.surprises:
            chosen += self.chance.sample(window.incidents, len(window.incidents))
        return chosen[: window.surprises]

    def _moments(self, window: Window) -> list[float]:
        """Seconds after the window opened, so far apart that each incident may take its whole time within it."""
        slot = self.plan.slot(window)
        free = window.length - window.surprises * slot
        drawn = sorted(self.chance.uniform(0.0, free) for _ in range(window.surprises))
        return [round(moment + turn * slot, 1) for turn, moment in enumerate(drawn)]

    def _incident(self, entry: IncidentEntry | Window, scenario: Playable, team: str) -> Step:
        return Step(
            kind="incident",
            scenario=scenario.name,
            title=scenario.title,
            team=team,
            mode=self.plan.mode_of(entry),
            limit_s=self.plan.limit_of(entry),
        )

    def _teams(self, team: str) -> tuple[str, ...]:
        return self.plan.teams if team == EVERYBODY else (team,)

    def _scenario(self, name: str, level: Level | None) -> Playable:
        if name != RANDOM:
            return self.scenarios[name.replace("_", "-")]
        fitting = [one for one in self.scenarios.values() if level is None or one.level == level]
        if not fitting:
            raise UsageError(f"no scenario is of level {level}", "choose another level, or name the incident")
        fresh = sorted((one for one in fitting if one.name not in self.used), key=lambda one: one.name)
        chosen = self.chance.choice(fresh or sorted(fitting, key=lambda one: one.name))
        self.used.add(chosen.name)
        return chosen


def _named(plan: Plan) -> Iterator[str]:
    for entry in plan.entries:
        if isinstance(entry, IncidentEntry):
            yield entry.incident
        elif not isinstance(entry, BreakEntry):
            yield from entry.window.incidents
