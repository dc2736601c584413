"""What people do on the page, as the run reads it: moves.jsonl, line by line as it grows."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from experiments.record.drill import Move


class Moves:
    """The moves of one drill, each once.

    Args:
        path: moves.jsonl; it may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def fresh(self) -> list[Move]:
        """The moves that were written since the last call. A line that is not whole yet waits; one that is no move is
        left out, since nobody would be helped by a drill that ends of it."""
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            return []
        if size <= self._read:
            return []
        with self._path.open("rb") as handle:
            handle.seek(self._read)
            data = handle.read()
        whole, newline, _ = data.rpartition(b"\n")
        self._read += len(whole) + len(newline)
        return [move for line in whole.split(b"\n") if line.strip() and (move := _move(line)) is not None]


def _move(line: bytes) -> Move | None:
    try:
        return Move.model_validate_json(line)
    except ValidationError:
        return None
