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
from reports.units import NONE, seconds

FOLDER = "drills"
"""Beside the folder of all runs."""


@dataclass(frozen=True)
class Plot:
    """A measure over a player's drills: its name, the small plot from old to new (empty where nothing is known), and
    the newest value in words."""

    name: str
    drawn: Markup
    newest: str


@dataclass(frozen=True)
class Player:
    """A pseudonym with its drills, newest first, and a small plot of each measure.

    Args:
        best: the shortest time to fix (seconds) of those that count; None where none was fixed.
    """

    name: str
    drills: tuple[Past, ...]
    plots: tuple[Plot, ...]
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
        plots=(
            _plot(counting, lambda one: float(one.score.points), "Points", lambda value: f"{value:.0f}"),
            _plot(counting, lambda one: one.detect_s, "Detect", seconds),
            _plot(counting, lambda one: one.mitigate_s, "Mitigate", seconds),
            _plot(counting, lambda one: one.fix_s, "Fix", seconds),
        ),
        best=min(fixes, default=None),
    )


def _plot(
    drills: Sequence[Past], measure: Callable[[Past], float | None], name: str, told: Callable[[float], str]
) -> Plot:
    """What is known of a measure; drills that were not fixed are marked."""
    points = []
    for one in drills:
        value = measure(one)
        if value is not None:
            points.append((value, "good" if one.score.outcome == "fixed" else "bad"))
    if not points:
        return Plot(name, Markup(""), NONE)
    newest = told(points[-1][0])
    title = f"{name} in {len(points)} drills, from old to new: {told(points[0][0])} to {newest}"
    return Plot(name, spark(points, title), newest)
