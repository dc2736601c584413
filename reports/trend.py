"""What a scenario's runs of one kind say together: verdicts, flakes, the slowest phase, and since when it fails."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reports.history import Entry


@dataclass(frozen=True)
class Flake:
    """Of `runs` judged runs of one content, played by so many `engines`, `odd` ended otherwise than most.

    Runs of one content differ where something is left to chance, or where the engine changed in between.
    """

    odd: int
    runs: int
    engines: int

    @property
    def rate(self) -> float | None:
        """The share of odd runs; None where there are fewer than two, which cannot differ."""
        return self.odd / self.runs if self.runs > 1 else None


@dataclass(frozen=True)
class Slowest:
    """The phase that takes longest in passed runs: median and floor's median (seconds)."""

    phase: str
    actual_s: float
    floor_s: float


@dataclass(frozen=True)
class Trend:
    """All runs of one scenario and kind, oldest first; at least one."""

    scenario: str
    kind: str
    runs: tuple[Entry, ...]

    @property
    def newest(self) -> Entry:
        """The run that began last."""
        return self.runs[-1]

    @property
    def same(self) -> tuple[Entry, ...]:
        """The runs of the newest run's content."""
        return tuple(one for one in self.runs if one.content_hash == self.newest.content_hash)

    @property
    def last_pass(self) -> Entry | None:
        """The newest run that passed, of any content."""
        return next((one for one in reversed(self.runs) if one.passed), None)

    @property
    def flake(self) -> Flake:
        """How often runs of the newest content ended otherwise than most of them; interrupted ones say nothing."""
        judged = [one for one in self.same if one.judged]
        verdicts = Counter(one.verdict for one in judged)
        engines = {one.versions.get("engine", "") for one in judged}
        return Flake(len(judged) - max(verdicts.values(), default=0), len(judged), len(engines))

    @property
    def slowest(self) -> Slowest | None:
        """Where passed runs of the newest content spend most of their time; None where none passed."""
        spent: dict[str, list[tuple[float, float]]] = {}
        for one in self.same:
            for phase in one.phases if one.passed else ():
                spent.setdefault(phase.phase, []).append((phase.actual_s, phase.floor_s))
        found = [
            Slowest(name, statistics.median(a for a, _ in took), statistics.median(f for _, f in took))
            for name, took in spent.items()
        ]
        return max(found, key=lambda one: one.actual_s, default=None)

    @property
    def since(self) -> tuple[str, ...]:
        """What is different from the last pass, in lines; empty where the newest run passed."""
        if self.newest.passed:
            return ()
        if self.last_pass is None:
            return ("it never passed", *failed(self.newest))
        return (*(changes(self.last_pass, self.newest) or (_NOTHING,)), *failed(self.newest))


_NOTHING = "nothing changed: same content, same engine, same versions"
_SHOWN = 12


def trends(entries: Iterable[Entry]) -> list[Trend]:
    """A trend for each scenario and kind, by name.

    Args:
        entries: oldest first.
    """
    together: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        together.setdefault((one.scenario, one.kind), []).append(one)
    return [Trend(scenario, kind, tuple(found)) for (scenario, kind), found in sorted(together.items())]


def changes(before: Entry, after: Entry) -> tuple[str, ...]:
    """What two runs differ in besides their outcome: content, engine, images, packages, machine."""
    told = []
    if before.content_hash != after.content_hash:
        told.append(f"content {_short(before.content_hash)} \N{RIGHTWARDS ARROW} {_short(after.content_hash)}")
    if "engine" not in before.versions or "engine" not in after.versions:
        told.append("which engine played is not on record of both")
    for name in dict.fromkeys((*before.versions, *after.versions)) if before.versions and after.versions else ():
        was, now = (one.versions.get(name, "none") for one in (before, after))
        if was != now:
            told.append(f"{name} {was} \N{RIGHTWARDS ARROW} {now}")
    return tuple(told)


def failed(run: Entry) -> tuple[str, ...]:
    """The check of a run that failed first, in a line; none where it has no such check."""
    return tuple(f"first failed: {one.told}" for one in run.failed[:1])


def _short(content_hash: str) -> str:
    return content_hash[:_SHOWN] or "unknown"
