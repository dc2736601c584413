"""The page of all past drills: `reports/drills/index.html`, which opens offline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from drills.debrief.past import Past, Record, past
from reports import atomic
from reports.html.environment import environment
from reports.svg.spark import spark
from reports.units import seconds

FOLDER = "drills"
"""Beside the folder of all runs."""


@dataclass(frozen=True)
class Player:
    """A pseudonym with its drills, newest first, and a small plot of each measure, from old to new.

    Args:
        best: the shortest time to fix (seconds) of those that count; None where none was fixed.
    """

    name: str
    drills: tuple[Past, ...]
    points: Markup
    detect: Markup
    mitigate: Markup
    fix: Markup
    best: float | None


def write(runs: Path) -> Path:
    """Write the page of the drills in `runs`, and return it.

    Raises:
        OSError: it cannot be written; what stood there before stands there still.
    """
    into = runs.resolve().parent / FOLDER
    into.mkdir(parents=True, exist_ok=True)
    return atomic.replace(into / "index.html", render(past(runs)))


def render(record: Record) -> str:
    """The page as HTML: nothing in it is loaded from anywhere, and it runs no script."""
    players = [_player(name, record.of(name)) for name in record.players]
    return environment().get_template("drills.html.j2").render(players=players, record=record)


def _player(name: str, drills: Sequence[Past]) -> Player:
    counting = [one for one in drills if one.score.counts]
    fixes = [one.fix_s for one in counting if one.fix_s is not None]
    return Player(
        name=name,
        drills=tuple(reversed(drills)),
        points=_plot(counting, lambda one: float(one.score.points), "points", lambda value: f"{value:.0f}"),
        detect=_plot(counting, lambda one: one.detect_s, "time to detect", seconds),
        mitigate=_plot(counting, lambda one: one.mitigate_s, "time to mitigate", seconds),
        fix=_plot(counting, lambda one: one.fix_s, "time to fix", seconds),
        best=min(fixes, default=None),
    )


def _plot(
    drills: Sequence[Past], measure: Callable[[Past], float | None], name: str, told: Callable[[float], str]
) -> Markup:
    """A sparkline of what is known; drills that were not fixed are marked."""
    points = []
    for one in drills:
        value = measure(one)
        if value is not None:
            points.append((value, "good" if one.score.outcome == "fixed" else "bad"))
    if not points:
        return Markup("")
    return spark(
        points, f"{name} in {len(points)} drills, from old to new: {told(points[0][0])} to {told(points[-1][0])}"
    )
