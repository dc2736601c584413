"""What happened in a drill, in order and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.drill.load import Drill
from reports.drill.shapes import Card, Move, Said

_MOVES = {
    "acknowledge": "acknowledged the page",
    "note": "noted",
    "hypothesis": "supposed",
    "severity": "set the severity",
    "status": "gave a status update",
    "answer": "answered",
    "mitigated": "said that users are served again",
    "declare": "said that it is fixed",
    "give-up": "gave up",
    "pause": "paused",
    "resume": "went on",
    "inject": "injected the next incident",
    "end": "ended the drill",
}
_SAID = {
    "bitten": ("the system is ill, and nobody is told", "plain"),
    "paged": ("the page", "plain"),
    "refused": ("fix refused", "bad"),
    "accepted": ("fix accepted", "good"),
    "ended": ("the drill was over", "plain"),
    "closed": ("everything was cleaned up", "plain"),
}


@dataclass(frozen=True)
class Told:
    """One thing that happened.

    Args:
        after: seconds since the page.
        who: the player's pseudonym, `facilitator`, `stakeholder`, `lab` or `runbook`.
        what: in words.
        text: what was said or written; empty where that is all.
        tone: `good`, `bad`, `ask` or `plain`.
        mark: its name on the drawing; empty for none.
        kind: the CSS class of its mark.
    """

    after: float
    who: str
    what: str
    text: str = ""
    tone: str = "plain"
    mark: str = ""
    kind: str = "note"


def told(drill: Drill) -> tuple[Told, ...]:
    """Everything from the bite on, in order; nothing where nobody was paged."""
    zero = drill.paged
    if zero is None:
        return ()
    found = [*_said(drill, zero), *_moves(drill, zero)]
    return tuple(sorted(found, key=lambda one: one.after))


def _said(drill: Drill, zero: float) -> Iterator[Told]:
    seen: set[str] = set()
    for one in drill.desk:
        if one.what == "asks":
            yield Told(one.at - zero, "stakeholder", "asked", one.text, "ask")
        if one.what not in _SAID or (one.what != "refused" and one.what in seen):
            continue
        if one.what == "ended" and "accepted" in seen:
            continue  # that says it already
        seen.add(one.what)
        what, tone = _SAID[one.what]
        mark = {"refused": "refused", "accepted": "accepted"}.get(one.what, "")
        kind = {"refused": "fault", "accepted": "recovery"}.get(one.what, "note")
        yield Told(one.at - zero, "lab", what, _words(one), tone, mark, kind)


def _words(one: Said) -> str:
    return "; ".join(part for part in (one.text, *one.reasons) if part)


def _moves(drill: Drill, zero: float) -> Iterator[Told]:
    acknowledged = mitigated = False
    for one in drill.moves:
        who = one.by if one.role == "trainee" else one.role
        after = one.at - zero
        match one.what:
            case "diagnosis":
                yield _diagnosis(one, drill.card, after, who)
            case "hint":
                yield Told(after, who, f"took hint {one.text}", _hint(one, drill.card))
            case "acknowledge":
                yield Told(after, who, _MOVES[one.what], one.of, mark="" if acknowledged else "ack", kind="alert")
                acknowledged = True
            case "mitigated":
                yield Told(
                    after, who, _MOVES[one.what], one.text, mark="" if mitigated else "mitigated", kind="mitigate"
                )
                mitigated = True
            case _:
                yield Told(after, who, _MOVES.get(one.what, one.what), one.text)


def _diagnosis(one: Move, card: Card | None, after: float, who: str) -> Told:
    cause = next((c for c in card.causes if str(c.id) == one.text.strip()), None) if card is not None else None
    if cause is None:
        return Told(after, who, "chose a cause that is not on the card", one.text, "bad")
    if cause.true:
        return Told(after, who, "chose the true cause", cause.text, "good", "diagnosis", "fix")
    return Told(after, who, "chose a wrong cause", cause.text, "bad")


def _hint(one: Move, card: Card | None) -> str:
    number = one.text.strip()
    hints = card.hints if card is not None else ()
    return hints[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(hints) else ""
