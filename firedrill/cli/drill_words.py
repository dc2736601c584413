"""What `firedrill play` says before and after a drill."""

from __future__ import annotations

import re

from rich.console import Console
from rich.markup import escape

from cluster.errors import UsageError
from drills.debrief import Concluded
from drills.hosting.page import Page
from drills.score import ScoreFile
from firedrill.runs import Finished

_PSEUDONYM = re.compile(r"\w[\w .+-]{0,63}")


def pseudonym(player: str) -> str:
    """A name as it is shown and compared.

    Raises:
        UsageError: it is empty, too long, or has something in it that is part of no name.
    """
    bare = player.strip()
    if not _PSEUDONYM.fullmatch(bare):
        raise UsageError(
            f"--player {player!r} is no pseudonym.", "letters, digits and dashes, up to 64: --player blue-2"
        )
    return bare


def opening(console: Console, page: Page, name: str, limit: str, seed: int) -> None:
    """Where the drill is played. The scenario is not named where its name would give it away."""
    console.print(f"drill    {escape(name) or 'you will see'}   [dim]limit {escape(limit)}, seed {seed}[/dim]")
    console.print(f"page     {page.link}", soft_wrap=True, markup=False)
    if page.tokens is not None:
        for role in ("facilitator", "observer"):
            console.print(f"         {page.address.url(page.tokens.of[role])} ({role})", soft_wrap=True, markup=False)
    console.print("shell    firedrill shell   [dim]in another terminal, or make shell[/dim]")


def closing(console: Console, finished: Finished, concluded: Concluded) -> None:
    """How it ended: the verdict, the score with why, and where to read on."""
    verdict = finished.verdict.verdict
    colour = "green" if verdict.exit_code == 0 else "red"
    console.print(f"verdict  [{colour}]{verdict}[/{colour}]   {escape(finished.verdict.scenario)}")
    score_lines(console, concluded.score)
    for title, path in (("report", concluded.report), ("draft", concluded.postmortem), ("drills", concluded.page)):
        console.print(f"{title:8} {path}", soft_wrap=True, markup=False)


def score_lines(console: Console, scored: ScoreFile) -> None:
    """What a drill was worth, every point explained."""
    console.print(f"score    {scored.points} of {scored.out_of}   {escape(scored.why_not or scored.outcome)}")
    for line in scored.lines:
        console.print(
            f"         {line.points:>3} / {line.out_of:<3} {escape(line.title)}: {escape(line.text)}", soft_wrap=True
        )
