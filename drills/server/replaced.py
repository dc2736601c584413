"""Reading JSON files that another process replaces as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

Whole = TypeVar("Whole", bound=BaseModel)


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
