"""Reading files of lines, one JSON object each: whole, or as they grow. What a damaged line, a last line that was cut
short, a file in another one's place and one that may not be read mean: docs/decisions/019-reading-lines.md."""

from __future__ import annotations

import errno
import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from cluster.errors import NotRead

log = logging.getLogger("firedrill")

Line = TypeVar("Line", bound=BaseModel)


@dataclass(frozen=True)
class LeftOut:
    """A line that was not read.

    Args:
        path: its file.
        number: from 1.
        torn: it is the last one and has no line feed, so that it was never written to its end, or is not yet.
    """

    path: Path
    number: int
    torn: bool = False

    def __str__(self) -> str:
        how = "was not written to its end" if self.torn else "is cut short or damaged"
        return f"{self.path.name}, line {self.number}, {how} and was left out"


@dataclass(frozen=True)
class Lines(Generic[Line]):
    """A file of lines in memory.

    Args:
        read: the lines that could be read, in order.
        left_out: the others but blank ones, in order.
    """

    read: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]

    def sound(self) -> tuple[Line, ...]:
        """The lines, for whoever must not go on without one of them. One that was not written to its end was told to
        nobody and may be missing.

        Raises:
            NotRead: a line is damaged; the message names file and line.
        """
        for one in self.left_out:
            if not one.torn:
                raise NotRead(f"{one.path}:{one.number} is damaged or cut short", f"sed -n {one.number}p {one.path}")
        return self.read


def read_lines(path: Path, model: type[Line]) -> Lines[Line]:
    """Read a file of lines as it is now; one that does not exist has none.

    Args:
        path: the file.
        model: of one line.

    Raises:
        NotRead: it is there, and may not be read or is no file.
    """
    whole, feed, rest = read_bytes(path).rpartition(b"\n")
    found = _parsed(path, whole + feed, model, first=1)
    if not rest.strip():
        return found
    return Lines(found.read, (*found.left_out, LeftOut(path, whole.count(b"\n") + len(feed) + 1, torn=True)))


def read_bytes(path: Path) -> bytes:
    """What is in a file of lines as it is now; nothing where it does not exist.

    Raises:
        NotRead: it is there, and may not be read or is no file.
    """
    try:
        with _open(path) as handle:
            return handle.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise NotRead(f"{path} cannot be read: {error.strerror}", f"ls -l {path}") from error


class Follower(Generic[Line]):
    """A file of lines that another process writes, each line read once; no file makes it raise or wait.

    A line that is not whole yet waits; one that is damaged, and a file that cannot be read, are told once in the log.
    A file that was put in the place of the first or cut is read anew.

    Args:
        path: it may not exist yet.
        model: of one line.
    """

    def __init__(self, path: Path, model: type[Line]) -> None:
        self._path = path
        self._model = model
        self._file: tuple[int, int] | None = None
        self._offset = 0
        self._next = 1
        self._trouble = ""
        self.lines: list[Line] = []
        """All that could be read; a new list each time."""

    def grow(self) -> bool:
        """Look again; whether a whole line was added, or the file is another one."""
        try:
            changed = self._look()
        except OSError as error:
            self._file = None  # what comes in its place may have its inode
            missing = isinstance(error, FileNotFoundError)
            self._say("" if missing else f"{self._path} cannot be read: {error.strerror}")
            return False
        self._say("")
        return changed

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning(trouble)
        self._trouble = trouble

    def _look(self) -> bool:
        if self._is_read(self._path.stat()):  # nothing is opened where nothing was added: this is often asked
            return False
        with _open(self._path) as handle:
            now = os.fstat(handle.fileno())
            anew = (now.st_dev, now.st_ino) != self._file or now.st_size < self._offset
            handle.seek(0 if anew else self._offset)
            added, feed, _ = handle.read().rpartition(b"\n")
        dropped = anew and bool(self.lines)
        if anew:
            self._file, self._offset, self._next, self.lines = (now.st_dev, now.st_ino), 0, 1, []
        if not feed:
            return dropped
        found = _parsed(self._path, added + feed, self._model, first=self._next)
        self._offset += len(added) + 1
        self._next += added.count(b"\n") + 1
        self.lines = [*self.lines, *found.read]
        if found.left_out:
            more = f", and {len(found.left_out) - 1} more after it" if found.left_out[1:] else ""
            log.warning("%s%s", found.left_out[0], more)
        return True

    def _is_read(self, now: os.stat_result) -> bool:
        return (now.st_dev, now.st_ino) == self._file and now.st_size == self._offset


def _open(path: Path) -> BinaryIO:
    """Open what is a file; of anything else one would have to wait for its writer."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file")
    return os.fdopen(handle, "rb")


def _parsed(path: Path, whole: bytes, model: type[Line], *, first: int) -> Lines[Line]:
    """Only a line feed ends a line: JSON may hold other line separators of Unicode as they are."""
    read, left_out = [], []
    for number, line in enumerate(whole.split(b"\n"), start=first):
        if not line.strip():
            continue
        try:
            read.append(model.model_validate_json(line))
        except ValidationError:
            left_out.append(LeftOut(path, number))
    return Lines(tuple(read), tuple(left_out))
