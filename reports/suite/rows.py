"""What the suite report tells: a row for each scenario, a cell for each of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.history import UNJUDGED, Entry, Told
from reports.meaning import tone

KINDS = ("incident", "no-fault", "no-fix", "prevention")
"""The runs that make a scenario trusted, where it shows one guard rail."""


@dataclass(frozen=True)
class Subject:
    """A scenario as it is now, from whoever knows the catalogue.

    Args:
        name: as it is typed.
        folder: with its pack's name, `scenarios/cache_stampede`.
        content_hash: of its folder.
        title: one line.
        detects, silent: the alerts that must fire, and those that must stay inactive.
        broken: why it does not load, with file and line; empty where it does. Then nothing but names is known.
        ground: what would play it now, by name: `engine`, `image shop`.
        kinds: the runs that make it trusted, incident first.
    """

    name: str
    folder: str
    content_hash: str
    title: str = ""
    detects: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    broken: str = ""
    ground: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = KINDS


@dataclass(frozen=True)
class Cell:
    """The newest run of one kind: of the scenario's content as it is now if there is one, else of older content.

    Args:
        run: None where the kind was never played.
        current: the run is of the scenario's present content.
        engine_changed: what would play it now is not what played it; None where that is not on record.
        reused: the batch took this run's proof for its own instead of playing again.
        report: the way from the page to the run's report; None where it is not on this machine.
    """

    kind: str
    run: Entry | None
    current: bool = False
    engine_changed: bool | None = None
    reused: bool = False
    report: str | None = None

    @property
    def word(self) -> str:
        """The verdict, or why there is none."""
        if self.run is None:
            return "never played"
        return "no verdict" if self.run.verdict == UNJUDGED else self.run.verdict

    @property
    def tone(self) -> str:
        """`good`, `bad` or `unsure`; what older content ended with says nothing about the present one."""
        if self.run is None or not self.current:
            return "unsure"
        return tone(None if self.run.verdict == UNJUDGED else self.run.verdict)

    @property
    def failed(self) -> bool:
        """Whether it speaks against the scenario as it is now."""
        return self.tone == "bad"


@dataclass(frozen=True)
class Row:
    """A scenario with its cells, one for each of its kinds, and its past incident runs, oldest first."""

    subject: Subject
    cells: tuple[Cell, ...]
    past: tuple[Entry, ...]

    def cell(self, kind: str) -> Cell | None:
        """The cell of a kind of run; None where the scenario has no such run."""
        return next((one for one in self.cells if one.kind == kind), None)

    @property
    def tone(self) -> str:
        """`good`: all runs of the present content passed; `bad`: it does not load or one failed; else `unsure`."""
        if self.subject.broken or any(cell.failed for cell in self.cells):
            return "bad"
        return "good" if all(cell.tone == "good" for cell in self.cells) else "unsure"

    @property
    def word(self) -> str:
        """Its standing, in a word or two."""
        if self.subject.broken:
            return "does not load"
        return {"good": "trusted", "bad": "not trusted", "unsure": "not proven"}[self.tone]

    @property
    def incident(self) -> Entry | None:
        """The incident run that its times are taken from: the newest, if it passed and is of the present content."""
        cell = self.cells[0]
        return cell.run if cell.tone == "good" else None


@dataclass(frozen=True)
class Covered:
    """An alert: the scenarios in which it has to fire, and of these the ones that showed it; where it stays silent."""

    alert: str
    fires: tuple[str, ...]
    shown: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """Everything that the suite report tells.

    Args:
        title: what was played.
        at: when the report was made (epoch seconds).
        rows: by name.
        told: what could not be read, and runs without a verdict.
        others: scenarios with runs on record that this catalogue does not have, and how many.
        runs: how many are on record.
    """

    title: str
    at: float
    rows: tuple[Row, ...]
    told: tuple[Told, ...]
    others: Mapping[str, int]
    runs: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of run that any scenario has, in the order in which they are played."""
        return max((row.subject.kinds for row in self.rows), key=len, default=KINDS)

    @property
    def cells(self) -> list[tuple[Row, Cell]]:
        """All cells with their rows."""
        return [(row, cell) for row in self.rows for cell in row.cells]

    @property
    def reused(self) -> list[tuple[Row, Cell]]:
        """The cells that stand for an earlier proof."""
        return [(row, cell) for row, cell in self.cells if cell.reused]

    def count(self, tone: str) -> int:
        """How many scenarios are of a tone."""
        return sum(row.tone == tone for row in self.rows)

    @property
    def tone(self) -> str:
        """`bad` where a scenario is, `good` where all are."""
        if self.count("bad"):
            return "bad"
        return "good" if self.rows and self.count("good") == len(self.rows) else "unsure"

    @property
    def word(self) -> str:
        """The whole in a few words."""
        if not self.rows:
            return "no scenario"
        return f"{self.count('good')} of {len(self.rows)} trusted"

    @property
    def covered(self) -> tuple[Covered, ...]:
        """Every alert of the catalogue, those that have to fire somewhere first, by name."""
        fires: dict[str, list[Row]] = {}
        silent: dict[str, list[Row]] = {}
        for row in self.rows:
            for alert in row.subject.detects:
                fires.setdefault(alert, []).append(row)
            for alert in row.subject.silent:
                silent.setdefault(alert, []).append(row)
        return tuple(
            Covered(
                alert,
                fires=tuple(row.subject.name for row in fires.get(alert, ())),
                shown=tuple(row.subject.name for row in fires.get(alert, ()) if row.incident is not None),
                silent=tuple(row.subject.name for row in silent.get(alert, ())),
            )
            for alert in sorted({*fires, *silent}, key=lambda alert: (alert not in fires, alert))
        )
