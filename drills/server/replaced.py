"""Reading files that another process writes: lines as they are added, whole files as they are replaced."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

Line = TypeVar("Line", bound=BaseModel)
Whole = TypeVar("Whole", bound=BaseModel)


class Tail(Generic[Line]):
    """The lines of a JSONL file, each read once.

    A line that is not whole yet waits; one that cannot be read is left out, since a page that stops over it would help
    nobody. A file that was replaced or cut is read anew.

    Args:
        path: it may not exist yet.
        model: of one line.
    """

    def __init__(self, path: Path, model: type[Line]) -> None:
        self._path = path
        self._model = model
        self._file: tuple[int, int] | None = None
        self._read = 0
        self.lines: list[Line] = []

    def grow(self) -> bool:
        """Read what was added since the last call; whether there was a whole line."""
        try:
            stat = self._path.stat()
        except OSError:
            return False
        if (stat.st_dev, stat.st_ino) != self._file or stat.st_size < self._read:
            self._file, self._read, self.lines = (stat.st_dev, stat.st_ino), 0, []
        if stat.st_size == self._read:
            return False
        try:
            with self._path.open("rb") as handle:
                handle.seek(self._read)
                whole, newline, _ = handle.read().rpartition(b"\n")
        except OSError:
            return False
        self._read += len(whole) + len(newline)
        self.lines = [*self.lines, *filter(None, map(self._line, whole.split(b"\n")))]
        return bool(newline)

    def _line(self, line: bytes) -> Line | None:
        try:
            return self._model.model_validate_json(line) if line.strip() else None
        except ValidationError:
            return None


class Replaced(Generic[Whole]):
    """A JSON file that is replaced as a whole; the last one that could be read.

    Args:
        path: it may not exist yet.
        model: of the file.
    """

    def __init__(self, path: Path, model: type[Whole]) -> None:
        self._path = path
        self._model = model
        self._stat: tuple[int, int, int] | None = None
        self.value: Whole | None = None

    def renew(self) -> bool:
        """Read it again where it was replaced; whether there is something new."""
        try:
            stat = self._path.stat()
            mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if mark == self._stat:
                return False
            data = self._path.read_bytes()
        except OSError:
            return False
        self._stat = mark
        try:
            self.value = self._model.model_validate_json(data)
        except ValidationError:
            return False
        return True


def is_there(path: Path) -> bool:
    """Whether there is a regular file at `path`, in one system call."""
    try:
        return os.path.isfile(path)  # noqa: PTH113  # four times a second
    except OSError:
        return False
