"""Commands about drills that were played; their records stay on this machine."""

from __future__ import annotations

from pydantic import ValidationError
from rich.markup import escape
from rich.text import Text

from cluster.errors import UsageError
from cluster.lab import Lab
from drills import debrief
from drills.debrief import past_page
from drills.debrief.past import drill_folders
from drills.debrief.past_table import table
from drills.gameday.forgetting import forget
from drills.score import NAME, ScoreFile
from experiments.play.lock import locked
from experiments.record.folder import RunFolder
from firedrill.cli.console import err, out
from firedrill.cli.drill_words import score_lines
from firedrill.runs import RUNS


def list_(player: str | None) -> int:
    """Past drills, the oldest first: how each ended, and the seconds from the page to each step."""
    record = debrief.past(RUNS, player)
    for told in record.told:
        err.print(Text(f"{told.where} {told.why}", "yellow"), soft_wrap=True)
    if not record.drills:
        out.print("No drill is on record: firedrill play NAME")
        return 0
    out.print(table(record))
    out.print(f"plots: {past_page.write(RUNS)}", soft_wrap=True, markup=False)
    return 0


def show(run: str) -> int:
    """One past drill: every point explained, and what was missed."""
    folder = RunFolder(RUNS / run)
    if folder.path not in drill_folders(RUNS):
        raise UsageError(f"There is no drill {run!r}.", "firedrill drills list shows the names")
    try:
        scored = folder.read(NAME, ScoreFile)
    except FileNotFoundError as error:
        raise UsageError(f"{run} was never scored: it was cut short.", f"firedrill drills delete {run}") from error
    except ValidationError as error:
        raise UsageError(f"The score of {run} cannot be read.", f"firedrill drills delete {run}") from error
    score_lines(out, scored)
    for missed in scored.missed:
        out.print(f"missed   {escape(missed)}", soft_wrap=True)
    out.print(f"report   {folder.path / 'report.html'}", soft_wrap=True, markup=False)
    return 0


def delete(runs: list[str] | None, player: str | None, every: bool) -> int:
    """Delete past drills for good: those that are named, those of one player, or all."""
    if sum((bool(runs), player is not None, every)) != 1:
        raise UsageError("Say which drills: names, or --player, or --all.", "firedrill drills list shows them")
    named = [folder.name for folder in drill_folders(RUNS)] if every else list(dict.fromkeys(runs or ()))
    with locked(Lab.of_checkout(), "deleting past drills"):
        gone = debrief.delete(RUNS, player=player) if player is not None else []
        for run in named:
            gone += debrief.delete(RUNS, run=run)
        days = forget(RUNS.parent / "gamedays", RUNS, gone)
    for name in gone:
        out.print(f"deleted {name}", markup=False)
    for name in days.gone:
        out.print(f"deleted the game day {name}", markup=False)
    for name in days.kept:
        out.print(f"kept the game day {name}: other drills of it are there, or it is being led", markup=False)
    if not gone:
        out.print("No drill is on record.")
    return 0
