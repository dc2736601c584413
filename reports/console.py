"""What the command line says at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports import units
from reports.meaning import meaning, tone
from reports.reading.load import Run, load
from reports.reading.moments import moments
from reports.reading.phases import phase_rows
from reports.reading.shapes import Check, CleanupFile, VerdictFile
from reports.reading.text import showable

_SHOWN = 5
"""Checks on the terminal, those that decided first: a run that never opened breaks every one of them."""
_STYLES = {"good": "bold green", "bad": "bold red", "unsure": "bold yellow"}


def summary(run: Path) -> RenderableType:
    """A finished run for a terminal: verdict, what failed and why, times, what is missing, where the report is.

    Raises:
        NotADirectoryError: there is no run folder at `run`.
    """
    loaded = load(run)
    parts: list[RenderableType] = [_verdict(loaded)]
    if loaded.verdict is not None:
        parts += [_check(check) for check in loaded.verdict.broken[:_SHOWN]]
        if (more := len(loaded.verdict.broken) - _SHOWN) > 0:
            parts.append(Text(f"    and {more} more, which the report lists"))
    parts += [Text(f"  {showable(line)}", style="yellow") for line in _held_up(loaded)]
    if loaded.gaps:
        parts.append(Text("\n".join(f"  {gap.file} {gap.why}" for gap in loaded.gaps), style="yellow"))
    phases = _phases(loaded)
    if phases.row_count:
        parts.append(Padding(phases, (1, 0, 1, 2)))
    if loaded.verdict is not None:
        parts.append(_figures(loaded.verdict))
    if loaded.cleanup is not None:
        parts += _left(loaded.cleanup)
    report = run / "report.html"
    parts.append(Text(f"  report: {report if report.is_file() else run}", overflow="fold"))
    return Group(*parts)


def proof(runs: Sequence[Path]) -> Table:
    """What the runs of one proof ended with, and for each that did not pass the check that decided.

    It comes last and is short, so that the end of a long log says what failed.

    Raises:
        NotADirectoryError: there is no run folder at one of `runs`.
    """
    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in ("run", "verdict", "decided by"):
        shown.add_column(name, overflow="fold")
    for run in map(load, runs):
        verdict = run.verdict.verdict if run.verdict is not None else None
        ended = Text(showable(verdict or "no verdict"), _STYLES[tone(verdict)])
        shown.add_row(showable(run.kind), ended, Text(showable(_decided(run))))
    return shown


def decided(run: Path) -> str:
    """What a run ended with and the check that decided, in a line.

    Raises:
        NotADirectoryError: there is no run folder at `run`.
    """
    loaded = load(run)
    verdict = loaded.verdict.verdict if loaded.verdict is not None else "no verdict"
    return f"{loaded.kind} {verdict}: {_decided(loaded)}"


def _decided(run: Run) -> str:
    broken = run.verdict.broken[:1] if run.verdict is not None and run.verdict.verdict != "passed" else ()
    if not broken:
        return units.NONE
    held_up = "; ".join(_held_up(run)[:2])
    return f"{broken[0].name}: {broken[0].evidence}" + (f" ({held_up})" if held_up else "")


def _held_up(run: Run) -> list[str]:
    """When the machine under the lab stood still, in words; see `experiments/play/pulse.py`."""
    when = moments(run)
    zero = when.zero if when is not None else 0.0
    notes = [event for event in run.events if event.what == "note" and event.detail.get("machine")]
    return [f"{float(str(note.detail.get('moment', note.at))) - zero:+.0f} s: {note.title}" for note in notes]


def _verdict(run: Run) -> Text:
    verdict = run.verdict.verdict if run.verdict is not None else None
    return Text.assemble(
        (showable(verdict or "no verdict"), _STYLES[tone(verdict)]),
        f"  {showable(run.name)}, {showable(run.kind)}\n  {meaning(verdict, run.kind)}",
    )


def _left(cleanup: CleanupFile) -> list[RenderableType]:
    """What still stands or differs, and the commands that show it."""
    parts: list[RenderableType] = []
    if cleanup.kept:
        parts.append(Text("  The system was kept standing; `firedrill heal` removes it.", style="yellow"))
        parts += [Text(f"    {showable(line)}") for line in cleanup.standing]
    if cleanup.look:
        parts.append(Text("  How to look:", style="yellow"))
        # whole, so that they can be copied; whoever prints them must not crop
        parts += [Text(f"    {showable(line)}", no_wrap=True, overflow="ignore") for line in cleanup.look]
    return parts


def _check(check: Check) -> Text:
    sign, style = ("?", "yellow") if check.held is None else ("✗", "red")
    evidence = f": {showable(check.evidence)}" if check.evidence else ""
    return Text.assemble((f"  {sign} ", style), (showable(check.name), "bold"), evidence, overflow="fold")


def _phases(run: Run) -> Table:
    when = moments(run)
    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    shown.add_column("phase")
    for name in ("floor", "actual", "over"):
        shown.add_column(name, justify="right")
    for row in phase_rows(run, when.end if when is not None else 0.0):
        phase = Text(showable(row.phase) + ("" if row.ended else ", cut short"))
        shown.add_row(phase, units.seconds(row.floor_s), units.seconds(row.actual_s), units.seconds(row.over_s))
    if run.verdict is not None and shown.row_count:
        total = run.verdict
        shown.add_section()
        shown.add_row(
            f"run, ratio {units.ratio(total.ratio)}",
            units.seconds(total.floor_s),
            units.seconds(total.wall_s),
            units.seconds(total.overhead_s),
            style="bold",
        )
    return shown


def _figures(verdict: VerdictFile) -> Text:
    return Text(
        f"  detect {units.seconds(verdict.detect_s)}   notify {units.seconds(verdict.notify_s)}   "
        f"recover {units.seconds(verdict.recover_s)}"
    )
