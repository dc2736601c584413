"""The undo journal: one file a run, each line on disk before the mutation it takes back.

A line is either a promise, `{"n": 1, "undo": ACTIVITY}`, or a mark that it was kept, `{"n": 1, "undone": EPOCH}`.
ACTIVITY is a Chaos Toolkit activity with a python provider, so a leftover can be replayed by any later process.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

Activity = dict[str, JsonValue]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int
    undo: Activity | None = None
    undone: float | None = None


@dataclass(frozen=True)
class Promise:
    """One undo that is still owed: its number in the file and the activity that carries it out."""

    n: int
    activity: Activity

    @property
    def title(self) -> str:
        """What the undo does, in words."""
        return str(self.activity.get("name", "undo without a name"))


class UndoJournal:
    """The undos that one run owes, in `path` (created with the first promise)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sealed = False

    def seal(self) -> None:
        """From now on nothing more is owed: what is struck goes away as a whole, and that is promised already.

        A run with a cluster of its own is sealed before its fault: an undo would find the lab's cluster, not that one.
        """
        self._sealed = True

    def promise(self, activity: Activity) -> int:
        """Write an undo down; it is on disk when this returns, so the mutation may follow.

        Args:
            activity: a Chaos Toolkit activity, idempotent, that takes the coming mutation back.

        Returns:
            The promise's number; 0 in a sealed journal, which writes nothing.
        """
        if self._sealed:
            return 0
        n = 1 + max((line.n for line in self._lines()), default=0)
        self._append(_Line(n=n, undo=activity))
        return n

    def kept(self, n: int) -> None:
        """Mark promise `n` as carried out."""
        self._append(_Line(n=n, undone=time.time()))

    def owed(self) -> list[Promise]:
        """The promises not kept yet, newest first."""
        lines = self._lines()
        kept = {line.n for line in lines if line.undone is not None}
        return [Promise(line.n, line.undo) for line in reversed(lines) if line.undo is not None and line.n not in kept]

    def forget(self) -> None:
        """Remove the file once nothing is owed."""
        self.path.unlink(missing_ok=True)

    def _append(self, line: _Line) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        with self.path.open("ab+") as handle:
            handle.seek(0)
            if _cut_short(handle.read()):
                handle.write(b"\n")
            handle.write(line.model_dump_json(exclude_none=True).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        if fresh:
            _sync_folder(self.path.parent)

    def _lines(self) -> list[_Line]:
        if not self.path.exists():
            return []
        return [line for text in self.path.read_text(encoding="utf-8").splitlines() if (line := _parsed(text))]


def _cut_short(content: bytes) -> bool:
    """Whether the last line was cut by a kill while it was written: what it promised never began."""
    return bool(content) and not content.endswith(b"\n")


def _parsed(text: str) -> _Line | None:
    try:
        return _Line.model_validate_json(text)
    except ValidationError:
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
