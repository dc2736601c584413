"""A process that is started again whenever it dies, until it is not wanted any more."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LabError
from cluster.process import tail

AT_ONCE_S = 5.0
"""A life shorter than this (seconds) was none; nor was one that never answered, however long a busy machine took to end
it."""
TRIES = 3
ANSWERS_WITHIN_S = 25.0
_LOOK_S = 0.1
_GRACE_S = 5.0
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True)
class Program:
    """What is kept alive.

    Args:
        argv: the program and its arguments, the same each time.
        cwd: where it runs.
        log: both its outputs are added to this file.
        title: what a message calls it.
    """

    argv: list[str]
    cwd: Path
    log: Path
    title: str


class KeptAlive:
    """Keeps one process alive, in a session of its own, so that Ctrl-C on the terminal is not for it.

    Args:
        program: what is started.
        lost: called once, from another thread, where it died at once three times in a row after `start` was content: it
            is not started again.
        answers: whether it does what it is for; asked by one thread alone, until each life has answered once.
    """

    def __init__(
        self,
        program: Program,
        lost: Callable[[LabError], None],
        answers: Callable[[], bool],
        *,
        at_once_s: float = AT_ONCE_S,
    ) -> None:
        self._program = program
        self._lost = lost
        self._answers = answers
        self._at_once_s = at_once_s
        self._stop = threading.Event()
        self._content = False
        self._answered = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=program.title, daemon=True)
        self.error: LabError | None = None
        self.started = 0

    @property
    def pid(self) -> int | None:
        """Of the process that runs now; None where none does."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def answered(self) -> bool:
        """Whether the process that runs now has answered."""
        return self.pid is not None and self._answered

    def start(self, within_s: float = ANSWERS_WITHIN_S) -> None:
        """Start it and wait until it answers.

        Raises:
            LabError: it died three times, or does not answer in time; it is ended then.
        """
        self._thread.start()
        deadline = time.monotonic() + within_s
        while not self.answered:
            if self.error is None and time.monotonic() < deadline:
                self._stop.wait(_LOOK_S)
                continue
            self.stop()
            raise self.error or LabError(f"{self._program.title} does not answer{self._said()}", self._read())
        self._content = True

    def stop(self) -> None:
        """End it, and start it no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        short = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                code = self._live()
            except OSError as error:
                self._give_up(f"could not be started: {error.strerror}")
                return
            if code is None:
                return
            lived = self._answered and time.monotonic() - began >= self._at_once_s
            short = 0 if lived else short + 1
            if short >= TRIES:
                self._give_up(f"ended at once {TRIES} times, with {code}{self._said()}")
                return

    def _live(self) -> int | None:
        """One life; its exit code, None where it was ended because it is not wanted any more."""
        self._program.log.parent.mkdir(parents=True, exist_ok=True)
        with self._program.log.open("ab") as log:
            process = subprocess.Popen(
                [*_DIES_WITH_US, *self._program.argv],
                cwd=self._program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._answered = False
        self._process = process
        self.started += 1
        while process.poll() is None:
            if not self._answered:
                self._answered = self._answers() and process.poll() is None
            if self._stop.wait(_LOOK_S):
                _end(process)
                return None
        return process.returncode

    def _give_up(self, how: str) -> None:
        self.error = LabError(f"{self._program.title} {how}", self._read())
        if self._content:
            self._lost(self.error)

    def _said(self) -> str:
        said = tail(self._program.log).strip() if self._program.log.is_file() else ""
        return f": {said.splitlines()[-1]}" if said else ""

    def _read(self) -> str:
        return f"read {self._program.log}"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
