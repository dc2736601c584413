"""The incident's clock on its way to the prompt: the moment of the page, written into the toolbox's home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from docker.models.containers import Container

from cluster.errors import LabError
from drills.reading import SoFar
from experiments.toolbox import shell
from experiments.toolbox.files import put

EVERY_S = 1.0


class Clock:
    """Tells the prompt once the page has come, while a shell is open.

    Args:
        run: the run folder.
        tell: writes the moment where the prompt reads it; a LabError where the toolbox does not take it yet.
    """

    def __init__(self, run: Path, tell: Callable[[float], None]) -> None:
        self._drill = SoFar(run)
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
        at = self._drill.paged
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
