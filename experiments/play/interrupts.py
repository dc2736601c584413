"""Ctrl-C and SIGTERM: the first one ends the run, the undo runs undisturbed, later ones are answered with a message."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Mapping
from types import FrameType

log = logging.getLogger("firedrill")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """The signal handlers of one run; installed inside Chaos Toolkit's own too, so that these are asked.

    A run that a shell started in the background ignores SIGINT, and one under a supervisor gets SIGTERM: both are set.
    Who plays a run and writes its report holds them around both; the run itself installs them once more inside.
    """

    def __init__(self) -> None:
        self.received = False
        self._installed = 0
        self._undoing = False
        self._before: Mapping[signal.Signals, object] = {}

    def install(self) -> None:
        """Take the signals over; outside the main thread, where Python allows no handler, they stay as they are.

        They may be taken over again, from whoever took them meanwhile; each time asks for one `restore`.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        self._installed += 1
        before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        self._before = self._before or before

    def shield(self) -> None:
        """From now on the undo runs: a signal is noted and does not stop it."""
        self._undoing = True

    def restore(self) -> None:
        """Give the signals back to whom they belonged before the first `install`; done by the last one."""
        self._installed = max(0, self._installed - 1)
        if self._installed:
            return
        for number, handler in self._before.items():
            if callable(handler) or isinstance(handler, int):
                signal.signal(number, handler)
        self._before = {}

    def _handle(self, number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        first, self.received = not self.received, True
        if self._undoing or not first:
            log.warning("%s: the undo is running and is not stopped; the run ends after it", name)
            return
        log.warning("%s: stopping; the undo runs now, then the report is written", name)
        raise KeyboardInterrupt(name)
