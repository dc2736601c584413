"""What stands in a drill's files so far, for whoever is neither the run nor the page."""

from __future__ import annotations

from pathlib import Path

from experiments.record.drill import FOLDER, Move, Said
from experiments.record.lines import Follower


class SoFar:
    """The files of a drill that is played, looked at again with each question; for one thread.

    Args:
        run: the run folder; nothing in it has to exist yet.
    """

    def __init__(self, run: Path) -> None:
        self._desk = Follower(run / FOLDER / "desk.jsonl", Said)
        self._moves = Follower(run / FOLDER / "moves.jsonl", Move)

    @property
    def desk(self) -> list[Said]:
        """What the lab has said."""
        self._desk.grow()
        return self._desk.lines

    @property
    def moves(self) -> list[Move]:
        """What people did on the page."""
        self._moves.grow()
        return self._moves.lines

    @property
    def paged(self) -> float | None:
        """When the first notification reached the pager (epoch seconds); None before it."""
        return next((said.at for said in self.desk if said.what == "paged"), None)

    def said(self, *words: str) -> bool:
        """Whether the lab has said one of these words."""
        return any(one.what in words for one in self.desk)
