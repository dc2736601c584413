"""What a person may do when, and how it gets into moves.jsonl."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path

from pydantic import ValidationError

from drills.server.access import Role, Visitor
from drills.server.state import Drill, key_of
from experiments.record.drill import FOLDER, Move
from experiments.record.writing import append_line

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")
_WORDS = frozenset({"note", "hypothesis", "status", "answer"})
_ANY_TIME = frozenset({"note", "pause", "resume", "inject", "end"})
_MAY = {
    Role.TRAINEE: frozenset(
        {"acknowledge", "note", "hypothesis", "severity", "status", "answer", "hint", "diagnosis", "mitigated"}
        | {"declare", "give-up"}
    ),
    Role.FACILITATOR: _ANY_TIME,
    Role.OBSERVER: frozenset[str](),
}
_ROLES = {Role.TRAINEE: "trainee", Role.FACILITATOR: "facilitator"}


class Refused(ValueError):
    """A move that cannot be made; the message says why, to whoever tried.

    Args:
        why: one sentence.
        status: of the HTTP answer.
    """

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.status = status


def make_move(drill: Drill, visitor: Visitor, what: str, text: str, of: str) -> Move:
    """The move, if it can be made as things stand.

    Args:
        drill: as it is now.
        visitor: who makes it.
        what, text, of: as in `Move`.

    Raises:
        Refused: it makes no sense, or not now (409), or not for this visitor (403).
    """
    if what not in _MAY[visitor.role]:
        raise Refused("That is not yours to do.", 403)
    text = text.strip()
    try:
        move = Move.model_validate(
            {
                "id": uuid.uuid4().hex[:12],
                "at": time.time(),
                "by": _name(drill, visitor),
                "role": _ROLES[visitor.role],
                "what": what,
                "text": text,
                "of": of,
            }
        )
    except ValidationError as error:
        too_long = any(one["type"] == "string_too_long" for one in error.errors())
        raise Refused("That is too long: 4000 characters fit." if too_long else "There is no such move.") from error
    _sensible(drill, move)
    _timely(drill, move)
    return move


def write_move(run: Path, move: Move) -> None:
    """Append it to moves.jsonl, on disk before this returns.

    Raises:
        NotWritten: it is not there.
    """
    line = json.dumps(move.model_dump(mode="json"), ensure_ascii=False)
    append_line(run / FOLDER / "moves.jsonl", line.encode("utf-8", errors="replace"))


def _name(drill: Drill, visitor: Visitor) -> str:
    if visitor.who:
        return visitor.who
    if visitor.role is Role.FACILITATOR:
        return "facilitator"
    return drill.card.player if drill.card is not None else "trainee"


def _sensible(drill: Drill, move: Move) -> None:
    """Refuse a move that names something that is not there."""
    if move.what in _WORDS and not move.text:
        raise Refused("There is nothing written yet.")
    if move.what == "severity" and move.text not in SEVERITIES:
        raise Refused("A severity is one of SEV1 to SEV4.")
    if move.what == "acknowledge" and move.of and move.of not in {key_of(one) for one in drill.deliveries}:
        raise Refused("The pager has no such page.")
    if move.what == "answer" and move.of not in {one.asked.id for one in drill.questions}:
        raise Refused("Nobody asked that.")
    causes = drill.card.causes if drill.card is not None else []
    if move.what == "diagnosis" and move.text not in {str(one.id) for one in causes}:
        raise Refused("Choose one of the causes first.")
    every = drill.card.hints if drill.card is not None else []
    if move.what == "hint" and move.text not in {str(n + 1) for n in range(len(every))}:
        raise Refused("There is no such hint.")


def _timely(drill: Drill, move: Move) -> None:
    """Refuse a move that comes too early, too late or twice."""
    if drill.stopped is not None:
        raise Refused("The drill is over.", 409)
    if drill.paged is None and move.what not in _ANY_TIME:
        raise Refused("Nothing has happened yet: wait for the page.", 409)
    if move.what == "declare" and drill.stage == "judging":
        raise Refused("The last declared fix is still being looked at.", 409)
    if move.what == "hint" and int(move.text) != len(drill.hints) + 1:
        raise Refused("That hint was taken already, or another comes first.", 409)
    if move.what == "answer" and any(one.answer for one in drill.questions if one.asked.id == move.of):
        raise Refused("That was answered already.", 409)
    if move.what == "give-up" and drill.gave_up:
        raise Refused("You have given up already; the debrief comes in a moment.", 409)
