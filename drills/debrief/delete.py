"""Forgetting drills."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

from cluster.errors import LabBusy, UsageError
from drills.debrief import past_page
from drills.debrief.past import drill_folders
from experiments.record.drill import FOLDER, CardFile
from experiments.record.writing import writing
from reports.history import NAME as HISTORY
from reports.history import forget

PLAYING_S = 60.0
"""The run replaces live.json about once a second; one that is older than so many seconds belongs to no drill."""

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CARD = re.compile(r'"player"\s*:\s*"((?:[^"\\]|\\.)*)"')


def delete(runs: Path, *, player: str | None = None, run: str | None = None) -> list[str]:
    """Remove every trace of a person's, a team's or one drill from the records of this machine.

    What goes: the whole run folder (the verdict and the samples too: with the times of the moves they tell who was slow
    as well as a name does), its line in history.jsonl, `reports/latest` where it points there, and the row on the
    page of past drills, which is written anew. What stays: everything of other runs. A copy that somebody made, and
    the scoreboard of a game day that is still being played, are not this function's.

    The caller holds the lab's lock, so that no run is added to the history meanwhile.

    Args:
        runs: the folder of all runs.
        player: a pseudonym: all of its drills.
        run: the name of one run folder.

    Returns:
        the names of the run folders that are gone.

    Raises:
        UsageError: neither or both were named, there is no such drill, or `run` is no plain name of a drill's folder.
        LabBusy: one of the drills is being played; nothing was removed.
        NotWritten: a folder or file cannot be removed.
    """
    if (player is None) == (run is None):
        raise UsageError("Name a player or a run, one of the two.", "firedrill drills list shows both")
    doomed = [_folder(runs, run)] if run is not None else [p for p in drill_folders(runs) if _player(p) == player]
    if not doomed:
        raise UsageError(f"No drill of {player} is on record.", "firedrill drills list shows who is")
    for path in doomed:
        if _played(path):
            raise LabBusy(f"The drill {path.name} is being played.", "end it first, then delete it")
    for path in doomed:
        with writing(path):
            shutil.rmtree(path)  # a link in it is removed, never followed
    names = [path.name for path in doomed]
    history = runs.resolve().parent / HISTORY
    with writing(history):
        forget(names, history)
    latest = runs.resolve().parent / "latest"
    if latest.is_symlink() and not latest.exists() and latest.readlink().name in names:
        latest.unlink()
    with writing(runs):
        past_page.write(runs)
    return names


def _folder(runs: Path, run: str) -> Path:
    """The folder of a drill by its name; whatever would lead out of `runs` is none."""
    path = runs / run
    plain = _RUN.fullmatch(run) is not None
    if not plain or path.is_symlink() or not path.is_dir() or path.resolve().parent != runs.resolve():
        raise UsageError(f"There is no run {run!r}.", "firedrill drills list shows the names")
    if not (path / FOLDER / "card.json").is_file():
        raise UsageError(f"The run {run} is no drill.", "firedrill drills list shows those that are")
    return path


def _player(path: Path) -> str:
    """Whose drill it is; what is damaged, or of another version, still belongs to somebody."""
    text = (path / FOLDER / "card.json").read_text(encoding="utf-8", errors="replace")
    try:
        return CardFile.model_validate_json(text).player
    except ValueError:
        found = _CARD.search(text)
        return str(json.loads(f'"{found[1]}"')) if found is not None else ""


def _played(path: Path) -> bool:
    live = path / FOLDER / "live.json"
    return not (path / "verdict.json").is_file() and live.is_file() and time.time() - live.stat().st_mtime < PLAYING_S
