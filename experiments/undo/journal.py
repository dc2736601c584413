"""The undo journal: one file a run, each line on disk before the mutation it takes back.

A line is either a promise, `{"n": 1, "undo": ACTIVITY}`, or a mark that it was kept, `{"n": 1, "undone": EPOCH}`.
ACTIVITY is a Chaos Toolkit activity with a python provider, so a leftover can be replayed by any later process.

What an undo restores stands in it as it was, secrets too: nobody but the owner may read the file, it lies in the lab's
state and never in a run folder, and it is removed once nothing is owed (docs/decisions/010-secrets.md).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from experiments.record.writing import append_line

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
        self._numbering = threading.Lock()

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

        Raises:
            NotWritten: nothing was promised, so the mutation must not follow.
        """
        if self._sealed:
            return 0
        with self._numbering:  # what stands up beside the system promises at the same time
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
        append_line(self.path, line.model_dump_json(exclude_none=True).encode(), mode=0o600)

    def _lines(self) -> list[_Line]:
        if not self.path.exists():
            return []
        return [line for text in self.path.read_text(encoding="utf-8").splitlines() if (line := _parsed(text))]


def _parsed(text: str) -> _Line | None:
    try:
        return _Line.model_validate_json(text)
    except ValidationError:
        return None
