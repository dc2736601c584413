"""One scenario played again and again: what each run ended with and took, and how far the figures spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from reports import units
from reports.meaning import tone
from reports.reading.load import load
from reports.reading.shapes import VerdictFile
from reports.reading.text import showable

_STYLES = {"good": "green", "bad": "red", "unsure": "yellow"}
_FIGURES = ("wall", "detect", "notify", "recover")


def table(runs: Sequence[Path]) -> Table:
    """A row for each run with its phases (seconds); below them least, median and greatest of the runs that passed.

    Raises:
        NotADirectoryError: there is no run folder at one of `runs`.
    """
    verdicts = [load(run).verdict for run in runs]
    phases = list(dict.fromkeys(time.phase for one in verdicts if one is not None for time in one.phases))
    shown = Table(title=f"{sum(_passed(one) for one in verdicts)} of {len(runs)} passed; seconds")
    shown.add_column("run", justify="right")
    shown.add_column("verdict")
    for name in (*phases, *_FIGURES):
        shown.add_column(showable(name), justify="right")
    for number, one in enumerate(verdicts, 1):
        word = one.verdict if one is not None else "no verdict"
        verdict = Text(showable(word), _STYLES[tone(one.verdict if one is not None else None)])
        shown.add_row(str(number), verdict, *(_cell(value) for value in _figures(one, phases)))
    shown.add_section()
    passed = [_figures(one, phases) for one in verdicts if _passed(one)]
    for name, pick in (("min", min), ("median", statistics.median), ("max", max)):
        columns = [[value for value in column if value is not None] for column in zip(*passed, strict=True)]
        shown.add_row("", name, *(_cell(pick(column)) if column else units.NONE for column in columns), style="bold")
    return shown


def _passed(verdict: VerdictFile | None) -> bool:
    return verdict is not None and verdict.verdict == "passed"


def _figures(verdict: VerdictFile | None, phases: Sequence[str]) -> list[float | None]:
    """The phases' and then the run's own seconds; None where the run has no such figure."""
    if verdict is None:
        return [None] * (len(phases) + len(_FIGURES))
    took = {time.phase: time.actual_s for time in verdict.phases}
    own = (verdict.wall_s, verdict.detect_s, verdict.notify_s, verdict.recover_s)
    return [*(took.get(phase) for phase in phases), *own]


def _cell(value: float | None) -> str:
    return units.NONE if value is None else f"{value:.1f}"
