"""Everything the report's part on the drill shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from reports.drill.drawing import axis, track
from reports.drill.load import Drill, load_drill
from reports.drill.reference import Bar, Compared, compared
from reports.drill.told import Told, told

POSTMORTEM = "postmortem.md"

_OUTCOMES = {
    "fixed": ("The fix was accepted", "good"),
    "out of time": ("Time ran out, and the lab healed itself", "bad"),
    "given up": ("Given up", "bad"),
    "interrupted": ("The drill was cut short", "unsure"),
    "unfinished": ("The drill has no end on record", "unsure"),
    "never paged": ("Nobody was paged", "unsure"),
}


@dataclass(frozen=True)
class CommandView:
    """A command: seconds since the page (None: nobody was paged), what was typed, how it ended, how long it took."""

    after: float | None
    command: str
    exit_code: int
    took_s: float


@dataclass(frozen=True)
class DrillView:
    """What the template shows of a drill.

    Args:
        drill: its files.
        outcome, tone: how it ended.
        cause: the true one, or None.
        debrief: the scenario's own, Markdown; empty where there is none.
        told: the player's timeline.
        compared: the reference, or None.
        yours, theirs: the drawings of both, None where there is nothing to draw.
        commands: what was run.
        postmortem: its file's name, or None where it was not written.
    """

    drill: Drill
    outcome: str
    tone: str
    cause: str | None
    debrief: str
    told: tuple[Told, ...]
    compared: Compared | None
    yours: Markup | None
    theirs: Markup | None
    commands: tuple[CommandView, ...]
    postmortem: str | None


def view(run: Path) -> DrillView:
    """Work out the drill's part of a report; nothing missing or damaged in the folder raises."""
    drill = load_drill(run)
    outcome, tone = _OUTCOMES.get(drill.score.outcome if drill.score is not None else "", ("No score", "unsure"))
    happened = told(drill)
    reference = drill.score.reference if drill.score is not None else None
    other = compared(run, reference) if reference is not None else None
    yours, theirs = _drawn(drill, happened, other)
    causes = drill.card.causes if drill.card is not None else ()
    zero = drill.paged
    return DrillView(
        drill=drill,
        outcome=outcome,
        tone=tone,
        cause=next((cause.text for cause in causes if cause.true), None),
        debrief=drill.card.debrief if drill.card is not None else "",
        told=happened,
        compared=other,
        yours=yours,
        theirs=theirs,
        commands=tuple(
            CommandView(None if zero is None else one.at - zero, one.command, one.exit_code, one.took_s)
            for one in drill.commands
        ),
        postmortem=POSTMORTEM if (run / POSTMORTEM).is_file() else None,
    )


def _drawn(drill: Drill, happened: tuple[Told, ...], other: Compared | None) -> tuple[Markup | None, Markup | None]:
    zero = drill.paged
    if zero is None:
        return None, None
    ran = [
        Bar(c.at - zero, c.at - zero + c.took_s, f"exit code {c.exit_code}", "fault" if c.exit_code else "diagnose")
        for c in drill.commands
    ]
    over = [one.after for one in happened if one.what != "everything was cleaned up"]
    ends = [*over, *(bar.end for bar in ran)]
    if other is not None:
        ends += [*(one.after for one in other.told), *(bar.end for bar in other.bars)]
    across = axis(ends)
    yours = track(happened, ran, across, "the player: marks, commands, and what was written")
    return yours, track(other.told, other.bars, across, "the runbook: marks and blocks") if other is not None else None
