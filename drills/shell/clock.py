"""The incident's clock on its way to the prompt: the moment of the page, written into the toolbox's home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from docker.models.containers import Container
from pydantic import ValidationError

from cluster.errors import LabError
from experiments.record.drill import FOLDER, Said
from experiments.toolbox import shell
from experiments.toolbox.files import put

EVERY_S = 1.0
DESK = "desk.jsonl"


def paged(run: Path) -> float | None:
    """When the first notification reached the pager (epoch seconds); None before it."""
    return next((said.at for said in desk(run) if said.what == "paged"), None)


def desk(run: Path) -> list[Said]:
    """What the lab has said so far; a line that is being written, or was cut short by a kill, is left out."""
    try:
        lines = (run / FOLDER / DESK).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(Said.model_validate_json(line))
        except ValidationError:
            continue
    return found


class Clock:
    """Tells the prompt once the page has come, while a shell is open.

    Args:
        run: the run folder.
        tell: writes the moment where the prompt reads it; a LabError where the toolbox does not take it yet.
    """

    def __init__(self, run: Path, tell: Callable[[float], None]) -> None:
        self._run = run
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="clock", daemon=True)

    def start(self) -> None:
        """Tell it now where the page has come already, else as soon as it does."""
        if not self._told():
            self._thread.start()

    def stop(self) -> None:
        """The shell is closed."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_S):
            if self._told():
                return

    def _told(self) -> bool:
        at = paged(self._run)
        if at is None:
            return False
        try:
            self._tell(at)
        except LabError:  # asked again a second later
            return False
        return True


def tell_toolbox(anchor: Container) -> Callable[[float], None]:
    """What writes the moment into a toolbox's home."""
    return lambda at: put(anchor, [shell.paged(at)])
