"""What a drill has beyond a run, opened with the run and closed with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from experiments.drill.desk import Desk
from experiments.drill.moves import Moves
from experiments.drill.options import DrillOptions
from experiments.drill.publisher import Publisher
from experiments.record.drill import FOLDER, Finding, Look, Move
from experiments.record.folder import RunFolder

ENDING = {"end": "ended by the facilitator", "give-up": "given up"}
"""Moves that end a drill, whatever else is being done, and why it ended then, in words."""


class Looks(Protocol):
    """Compares the system with what was deployed. Who does needs the open run, of which the room is a part."""

    def after_the_fault(self) -> None:
        """See what the fault itself changed."""

    def look(self, of: str, found: Sequence[Finding] = ()) -> Look:
        """Look once, for the move that declared the fix; empty at the end."""


@dataclass
class Room:
    """One drill that is open.

    Args:
        options: how it is played.
        desk: what is said to the trainee.
        moves: what people do.
        waiting: moves that were read and not acted upon yet, the oldest first.
        publisher: what shows the cluster; None until there is something to show.
        looker: compares the system with what was deployed; None until the baseline is over.
        first_harm: when the first harm was seen (epoch seconds); None while it was not.
    """

    options: DrillOptions
    desk: Desk
    moves: Moves
    waiting: list[Move] = field(default_factory=list)
    publisher: Publisher | None = None
    looker: Looks | None = None
    first_harm: float | None = None

    @classmethod
    def of(cls, folder: RunFolder, options: DrillOptions) -> Room:
        """The drill of a run folder."""
        return cls(options, Desk(folder), Moves(folder.path / FOLDER / "moves.jsonl"))

    def look_up(self) -> None:
        """Read what people did since the last time."""
        self.waiting += self.moves.fresh()

    def next_move(self) -> Move | None:
        """The oldest move that was not acted upon; None where there is none."""
        self.look_up()
        return self.waiting.pop(0) if self.waiting else None

    @property
    def to_be_ended(self) -> bool:
        """Whether somebody wants the drill to end."""
        self.look_up()
        return any(move.what in ENDING for move in self.waiting)

    def end(self, text: str) -> None:
        """Say that the drill is over, once; what is said first counts."""
        if self.desk.when("ended") is None:
            self.desk.say("ended", text)
