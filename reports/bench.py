"""What runs take: medians and ranges over the history."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from reports import units
from reports.history import Entry, entries


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of a figure over the runs that have it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One scenario and kind: how many runs of its newest content there are, how many passed, and what those took.

    Durations are seconds; a figure that no passed run has is None.
    """

    scenario: str
    kind: str
    runs: int
    passed: int
    floor: Spread | None
    wall: Spread | None
    overhead: Spread | None
    ratio: Spread | None
    detect: Spread | None
    notify: Spread | None
    recover: Spread | None


def table(history: Path) -> list[Row]:
    """A row for each scenario and kind in a history, by name.

    Only runs of the scenario's newest content count, and only passed ones give figures: what a broken run took says
    nothing, and older content was another incident.
    """
    together: dict[tuple[str, str], list[Entry]] = {}
    for one in entries(history):
        together.setdefault((one.scenario, one.kind), []).append(one)
    return [_row(scenario, kind, found) for (scenario, kind), found in sorted(together.items())]


def render(rows: Sequence[Row]) -> Table:
    """The rows for a terminal: each figure as its median, with least and greatest where runs differ."""
    shown = Table(title="median (least to greatest), seconds; R is wall / floor")
    shown.add_column("scenario", overflow="fold")
    shown.add_column("kind")
    shown.add_column("passed", justify="right")
    for name in ("floor", "wall", "overhead", "R", "detect", "notify", "recover"):
        shown.add_column(name, justify="right")
    for row in rows:
        figures = (row.floor, row.wall, row.overhead, row.ratio, row.detect, row.notify, row.recover)
        cells = [_cell(spread, 2 if spread is row.ratio else 1) for spread in figures]
        shown.add_row(Text(row.scenario), Text(row.kind), f"{row.passed}/{row.runs}", *cells)
    return shown


def _row(scenario: str, kind: str, found: Sequence[Entry]) -> Row:
    newest = [one for one in found if one.content_hash == found[-1].content_hash]
    passed = [one for one in newest if one.verdict == "passed"]
    return Row(
        scenario=scenario,
        kind=kind,
        runs=len(newest),
        passed=len(passed),
        floor=_spread(one.floor for one in passed),
        wall=_spread(one.wall for one in passed),
        overhead=_spread(one.overhead for one in passed),
        ratio=_spread(one.ratio for one in passed),
        detect=_spread(one.detect for one in passed),
        notify=_spread(one.notify for one in passed),
        recover=_spread(one.recover for one in passed),
    )


def _spread(values: Iterable[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    return Spread(statistics.median(known), min(known), max(known)) if known else None


def _cell(spread: Spread | None, digits: int) -> str:
    if spread is None:
        return units.NONE
    middle, low, high = (f"{value:.{digits}f}" for value in (spread.median, spread.low, spread.high))
    return middle if low == high else f"{middle}\n({low} to {high})"
