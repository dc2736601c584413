"""Commands about drills that were played; their records stay on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cluster.errors import UsageError
from cluster.lab import Lab
from firedrill import past_drills
from firedrill.cli.console import out
from firedrill.cli.drill_words import score_lines
from firedrill.runs import RUNS

Of = Annotated[str | None, typer.Option("--player", help="only those of this pseudonym")]
Run = Annotated[str, typer.Argument(help="the drill, as `firedrill drills list` names it", show_default=False)]
Runs = Annotated[list[str] | None, typer.Argument(help="drills, as `firedrill drills list` names them")]
Every = Annotated[bool, typer.Option("--all", help="every drill of everybody")]


def list_(player: Of = None) -> int:
    """Past drills, the oldest first: how each ended, and the seconds from the page to each step."""
    columns = ("run", "UTC", "player", "scenario", "mode", "ended", "score", "ack", "diagnosed", "mitigated", "fixed")
    table = Table(*columns, box=None)
    found = past_drills.past(RUNS, player)
    for one in found:
        scored, times = one.scored, one.scored.times
        began = "-" if one.began is None else f"{datetime.fromtimestamp(one.began, UTC):%Y-%m-%d %H:%M}"
        steps = (times.acknowledge_s, times.diagnose_s, times.mitigate_s, times.fix_s)
        points = f"{scored.points}" if scored.counts else "-"
        said = (one.folder.name, began, scored.player, scored.scenario, scored.mode.value, scored.outcome, points)
        table.add_row(*map(escape, said), *("-" if step is None else f"{step:.0f}" for step in steps))
    if found:
        out.print(table)
    else:
        out.print("No drill is on record yet: firedrill play NAME" if player is None else f"None of {escape(player)}.")
    return 0


def show(run: Run) -> int:
    """One past drill: every point explained, and what was missed."""
    one = past_drills.find(RUNS, run)
    score_lines(out, one.scored)
    for missed in one.scored.missed:
        out.print(f"missed   {escape(missed)}")
    out.print(f"report   {one.folder / 'report.html'}", soft_wrap=True, markup=False)
    return 0


def delete(runs: Runs = None, player: Of = None, every: Every = False) -> int:
    """Delete past drills for good: those that are named, those of one player, or all."""
    if sum((bool(runs), player is not None, every)) != 1:
        raise UsageError("Say which drills: names, or --player, or --all.", "see them with `firedrill drills list`")
    folders = [past_drills.folder_of(RUNS, name) for name in runs or ()]
    if not runs:
        folders = past_drills.folders(RUNS, player)
    for name in past_drills.delete(Lab.of_checkout(), RUNS, dict.fromkeys(folders)):
        out.print(f"deleted {name}", markup=False)
    if not folders:
        out.print("There was none.")
    return 0
