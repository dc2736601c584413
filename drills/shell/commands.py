"""What the trainee typed, `commands.jsonl`: each command once it has ended, without what is secret in the run."""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from cluster.errors import NotWritten
from drills.shell.marks import Mark
from experiments.record.drill import FOLDER, Command
from experiments.record.redaction import REDACTED, Redaction
from experiments.record.writing import append_line, writing

NAME = "commands.jsonl"
INTERRUPTED = 130
LONGEST = 4000
"""Characters of a command that are kept."""

_PATIENCE_S = 15.0


class Commands:
    """Writes the commands of one shell, in a thread of its own, so that the terminal waits for neither disk nor
    cluster. Several shells may write to one file.

    Args:
        run: the run folder.
        redaction: what is known as secret.
        learn: makes `redaction` learn what is secret by now; returns whether it could ever be asked. Where it never
            could, the words of a command are left out: nothing is written that may hold a secret.
    """

    def __init__(self, run: Path, redaction: Redaction, learn: Callable[[], bool]) -> None:
        self._path = run / FOLDER / NAME
        self._redaction = redaction
        self._learn = learn
        self._begun: tuple[str, float] | None = None
        self._waiting: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="commands", daemon=True)
        self._failed: NotWritten | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def heard(self, mark: Mark, at: float) -> None:
        """A mark of the shell, with its moment (epoch seconds). An end without a beginning is an empty line."""
        if mark.kind == "begin":
            self._begun = (mark.text, at)
        elif self._begun is not None:
            text, began = self._begun
            self._begun = None
            self.ended(text, began, at, mark.exit_code)

    def ended(self, text: str, began: float, ended: float, exit_code: int) -> None:
        """A command has ended."""
        self._waiting.put(Command(at=began, command=text, exit_code=exit_code, took_s=round(ended - began, 3)))

    def close(self, at: float, exit_code: int = INTERRUPTED) -> None:
        """The shell has ended; a command that ran in it (`exit`, or what the drill's end cut off) is written too.

        Args:
            at: now (epoch seconds).
            exit_code: the shell's own.

        Raises:
            NotWritten: the disk did not take a command.
        """
        self.heard(Mark("end", exit_code=exit_code), at)
        self._waiting.put(None)
        self._thread.join(_PATIENCE_S)
        if self._failed is not None:
            raise self._failed

    def _write_all(self) -> None:
        while (command := self._waiting.get()) is not None:
            try:
                self._write(command)
            except NotWritten as error:
                self._failed = error

    def _write(self, command: Command) -> None:
        clean = self._redaction.text(command.command) if self._learn() else REDACTED
        line = command.model_copy(update={"command": clean[:LONGEST]}).model_dump_json().encode()
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            turn = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            append_line(self._path, line)
        finally:
            os.close(turn)
