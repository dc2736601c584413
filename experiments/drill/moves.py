"""What people do on the page, as the run reads it: moves.jsonl, line by line as it grows."""

from __future__ import annotations

from pathlib import Path

from experiments.record.drill import Move
from experiments.record.lines import Follower


class Moves:
    """The moves of one drill, each once: by its id, since a file that was replaced is read anew.

    Args:
        path: moves.jsonl; it may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._file = Follower(path, Move)
        self._known: set[str] = set()

    def fresh(self) -> list[Move]:
        """The moves that were written since the last call. A line that is no move is left out and told in the log: a
        drill that ends or waits because of it would help nobody."""
        fresh = []
        if self._file.grow():
            for move in self._file.lines:
                if move.id not in self._known:
                    self._known.add(move.id)
                    fresh.append(move)
        return fresh
