"""Signals that end a walk, heard only where nothing is half done."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """One of the signals has arrived; `number` is the first one's."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Signals:
    """Within the block SIGINT, SIGTERM and SIGHUP end nothing by themselves: `wait` raises them."""

    def __init__(self) -> None:
        self._first: int | None = None

    def __enter__(self) -> Self:
        # A pipe that becomes readable ends the wait at once. An Event's lock may be held when the handler runs.
        self._read, self._write = os.pipe()
        self._before = {number: signal.signal(number, self._arrived) for number in _ENDING}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float) -> None:
        """Let the time pass.

        Raises:
            Interrupted: a signal arrives, or has arrived before.
        """
        select.select([self._read], [], [], seconds)
        if self._first is not None:
            raise Interrupted(self._first)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if self._first is None:
            self._first = number
            os.write(self._write, b"!")
