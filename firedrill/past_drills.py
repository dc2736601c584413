"""Drills that were played on this checkout: found, scored again from their files, deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from drills.score import ScoreFile, read, reference, score
from pydantic import ValidationError

import reports.history
from cluster.errors import UsageError
from cluster.lab import Lab
from experiments.play.lock import locked
from experiments.record.drill import FOLDER, CardFile

_CARD = Path(FOLDER, "card.json")


@dataclass(frozen=True)
class Past:
    """A drill that was played.

    Args:
        folder: its run folder.
        began: when the lab began to deploy (epoch seconds); None where it says nothing any more.
        scored: what it was worth.
    """

    folder: Path
    began: float | None
    scored: ScoreFile


def past(runs: Path, player: str | None = None) -> list[Past]:
    """All drills, the oldest first; those whose files are damaged are left out.

    Args:
        runs: the folder of all runs.
        player: only those of this pseudonym.
    """
    found = [one for folder in _folders(runs) if (one := _past(folder, runs)) is not None]
    return sorted(
        (one for one in found if player is None or one.scored.player == player),
        key=lambda one: (one.began or 0.0, one.folder.name),
    )


def find(runs: Path, name: str) -> Past:
    """The drill of that name.

    Args:
        runs: the folder of all runs.
        name: of its folder, or a path to it.

    Raises:
        UsageError: there is none, or its files are damaged.
    """
    found = _past(folder_of(runs, name), runs)
    if found is None:
        raise UsageError(f"The files of {name} are damaged.", f"firedrill drills delete {name}")
    return found


def folder_of(runs: Path, name: str) -> Path:
    """The run folder of a drill, which stands in the folder of all runs and nowhere else.

    Raises:
        UsageError: there is no such drill.
    """
    folder = next((one for one in _folders(runs) if one.name == Path(name).resolve().name or one.name == name), None)
    if folder is None:
        raise UsageError(f"There is no drill {name!r}.", "see them all with `firedrill drills list`")
    return folder


def folders(runs: Path, player: str | None = None) -> list[Path]:
    """The run folders of all drills, or of one player's; with a name on its card, one whose other files are damaged
    counts too."""
    return [one for one in _folders(runs) if player is None or _player(one) == player]


def delete(lab: Lab, runs: Path, folders: Iterable[Path]) -> list[str]:
    """Delete drills for good: their folders, their lines in the history, and `latest` where it points to one.

    Args:
        lab: whose runs these are; nothing may be played meanwhile.
        runs: the folder of all runs.
        folders: run folders.

    Returns:
        their names.

    Raises:
        LabBusy: a run is being played.
    """
    with locked(lab, "deleting past drills"):
        gone = [folder.name for folder in folders]
        for name in gone:
            shutil.rmtree(runs / name)
        reports.history.forget(gone, runs.parent / reports.history.NAME)
        latest = runs.parent / "latest"
        if latest.is_symlink() and not latest.exists():
            latest.unlink()
    return gone


def _folders(runs: Path) -> list[Path]:
    """Those of drills; links lead elsewhere and are none."""
    if not runs.is_dir():
        return []
    return [one for one in sorted(runs.iterdir()) if not one.is_symlink() and (one / _CARD).is_file()]


def _past(folder: Path, runs: Path) -> Past | None:
    try:
        drill = read(folder)
    except ValidationError:
        return None
    began = drill.desk[0].at if drill.desk else None
    return Past(folder, began, score(drill, reference.find(runs, drill.card.scenario)))


def _player(folder: Path) -> str | None:
    try:
        return CardFile.model_validate_json((folder / _CARD).read_bytes()).player
    except ValidationError:
        return None
