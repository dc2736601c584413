"""Forgetting game days: a day's folder holds the names of its teams, and what was said to them."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from drills.gameday.folder import DayFolder
from drills.gameday.record import Happening
from experiments.record.drill import FOLDER
from experiments.record.writing import writing


@dataclass(frozen=True)
class Forgotten:
    """What became of the days of some deleted drills, each by its folder's name.

    Args:
        gone: removed, since no drill of theirs is left.
        kept: still there, since other drills of theirs are, or a conductor leads them now.
    """

    gone: tuple[str, ...]
    kept: tuple[str, ...]


def forget(gamedays: Path, runs: Path, deleted: Collection[str]) -> Forgotten:
    """Remove the days whose last drill was deleted. A day of which no drill was deleted is left as it is.

    Args:
        gamedays: the folder of all days; it may not exist.
        runs: the folder of all runs.
        deleted: the names of the run folders that are gone.

    Raises:
        NotWritten: a folder cannot be removed.
    """
    gone, kept = [], []
    for path in sorted(gamedays.glob("*/day.json")):
        folder = DayFolder(path.parent)
        drills = {one.run for one in folder.happened() if one.what is Happening.RUN}
        if path.parent.is_symlink() or drills.isdisjoint(deleted):
            continue
        if folder.conducted_now or any((runs / one / FOLDER / "card.json").is_file() for one in drills):
            kept.append(path.parent.name)
            continue
        with writing(path.parent):
            shutil.rmtree(path.parent)
        gone.append(path.parent.name)
    return Forgotten(tuple(gone), tuple(kept))
