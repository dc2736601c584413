"""What runs take: medians and ranges over the history, for each machine that played them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports import units
from reports.history import Entry
from reports.markdown import plain
from reports.reading.text import showable

UNKNOWN = "a machine that is not on record"
_FIGURES = ("floor", "wall", "overhead", "R", "detect", "notify", "recover")


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of a figure over the runs that have it."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One scenario and kind on one machine: how many runs of its newest content, how many passed, what those took.

    Durations are seconds; a figure that no passed run has is None. A scenario that was never played has no run.
    """

    machine: str
    scenario: str
    kind: str
    runs: int
    passed: int
    floor: Spread | None = None
    wall: Spread | None = None
    overhead: Spread | None = None
    ratio: Spread | None = None
    detect: Spread | None = None
    notify: Spread | None = None
    recover: Spread | None = None

    @property
    def figures(self) -> tuple[Spread | None, ...]:
        """Its figures in the order in which they are shown."""
        return (self.floor, self.wall, self.overhead, self.ratio, self.detect, self.notify, self.recover)


def table(entries: Iterable[Entry], names: Iterable[str] = ()) -> list[Row]:
    """A row for each machine, scenario and kind in a history, by name.

    Only runs of the scenario's newest content count, and only passed ones give figures: what a broken run took says
    nothing, and older content was another incident.

    Args:
        entries: the runs, oldest first.
        names: scenarios that get a row even if they were never played.
    """
    together: dict[tuple[str, str], list[Entry]] = {}
    for one in entries:
        together.setdefault((one.scenario, one.kind), []).append(one)
    rows = [row for found in together.values() for row in _rows(found)]
    machine = rows[-1].machine if rows else UNKNOWN
    played = {row.scenario for row in rows}
    rows += [Row(machine, name, "incident", 0, 0) for name in names if name not in played]
    return sorted(rows, key=lambda row: (row.machine, row.scenario, row.kind))


def render(rows: Sequence[Row]) -> RenderableType:
    """The rows for a terminal, a table for each machine: medians, with least and greatest where runs differ."""
    return Group(*(_table(machine, [row for row in rows if row.machine == machine]) for machine in _machines(rows)))


def markdown(rows: Sequence[Row]) -> str:
    """The rows as Markdown, for a README: medians in seconds, the machine named above each table."""
    parts = []
    for machine in _machines(rows):
        parts += [f"On {plain(machine)}; medians of the passed runs, seconds:", ""]
        parts += [f"| scenario | run | passed | {' | '.join(_FIGURES)} |", f"|---|---|{'---:|' * (len(_FIGURES) + 1)}"]
        for row in rows:
            if row.machine == machine:
                cells = [_median(spread, 2 if spread is row.ratio else 1) for spread in row.figures]
                named = [plain(row.scenario), plain(row.kind), f"{row.passed}/{row.runs}"]
                parts.append(f"| {' | '.join([*named, *cells])} |")
        parts.append("")
    return "\n".join(parts)


def _machines(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.machine for row in rows))


def _table(machine: str, rows: Sequence[Row]) -> Table:
    shown = Table(
        title=Text(f"{showable(machine)}; median (least to greatest), seconds; R is wall / floor"), title_justify="left"
    )
    shown.add_column("scenario", overflow="fold")
    shown.add_column("kind")
    shown.add_column("passed", justify="right")
    for name in _FIGURES:
        shown.add_column(name, justify="right")
    for row in rows:
        cells = [_cell(spread, 2 if spread is row.ratio else 1) for spread in row.figures]
        passed = f"{row.passed}/{row.runs}" if row.runs else "never played"
        shown.add_row(Text(showable(row.scenario)), Text(showable(row.kind)), passed, *cells)
    return shown


def _rows(found: Sequence[Entry]) -> list[Row]:
    """The rows of one scenario and kind: its newest content, apart for each machine."""
    newest: dict[str, list[Entry]] = {}
    for one in found:
        if one.content_hash == found[-1].content_hash:
            newest.setdefault(one.versions.get("machine", UNKNOWN), []).append(one)
    return [_row(machine, played) for machine, played in newest.items()]


def _row(machine: str, played: Sequence[Entry]) -> Row:
    passed = [one for one in played if one.passed]
    return Row(
        machine=machine,
        scenario=played[0].scenario,
        kind=played[0].kind,
        runs=len(played),
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


def _median(spread: Spread | None, digits: int) -> str:
    return units.NONE if spread is None else f"{spread.median:.{digits}f}"
