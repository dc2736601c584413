"""The timeline of a drill: what the lab said, what people wrote and what they typed, in one order."""

from __future__ import annotations

from dataclasses import dataclass

from drills.server.state import Drill, key_of
from experiments.record.drill import Move, Said
from reports.units import seconds

_SAID = {
    "deploying": "The lab deploys the system",
    "baseline": "The lab proves that the system is healthy",
    "waiting": "The system is healthy; the pager is quiet",
    "paged": "The pager rings: the incident's clock starts",
    "asks": "Asked",
    "refused": "The fix was refused",
    "accepted": "The fix was accepted",
    "ended": "The drill is over",
    "closed": "Everything is cleaned up",
}
_MOVED = {
    "note": "Note",
    "hypothesis": "Hypothesis",
    "severity": "Severity",
    "status": "Status update",
    "answer": "Answer",
    "mitigated": "Users are served again",
    "declare": "Declared: I think it is fixed",
    "give-up": "Gave up",
    "pause": "Paused",
    "resume": "Goes on",
    "inject": "Next incident",
    "end": "Ended by the facilitator",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline.

    Args:
        at: epoch seconds.
        kind: what it is, for its colour: lab, word, action, command.
        title: in words.
        by: a pseudonym; empty: the lab.
        text: what was written or asked.
        points: reasons, one a line.
        id: unique among the lines.
    """

    at: float
    kind: str
    title: str
    by: str = ""
    text: str = ""
    points: tuple[str, ...] = ()
    id: str = ""


def timeline(drill: Drill) -> list[Entry]:
    """Every line, the newest first. That the system is ill is not among them before the end."""
    found = [_said(one) for one in drill.said if one.what in _SAID]
    if drill.ended is not None and (bitten := drill.first("bitten")):
        found.append(Entry(bitten.at, "lab", "The fault does harm (nobody was told)", id=bitten.id))
    found += [_moved(drill, one) for one in drill.moves]
    found += [
        Entry(
            one.at,
            "command",
            "" if one.exit_code == 0 else f"exit code {one.exit_code}",
            text=one.command,
            points=(f"took {seconds(one.took_s)}",) if one.took_s >= 1 else (),
            id=f"c{n}",
        )
        for n, one in enumerate(drill.commands)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _said(one: Said) -> Entry:
    kind = {"refused": "bad", "accepted": "good", "paged": "page", "asks": "asks"}.get(one.what, "lab")
    return Entry(one.at, kind, _SAID[one.what], text=one.text, points=tuple(one.reasons), id=one.id)


def _moved(drill: Drill, one: Move) -> Entry:
    kind = "word" if one.what in ("note", "hypothesis", "status", "answer") else "action"
    title, text = _MOVED.get(one.what, one.what), one.text
    if one.what == "acknowledge":
        alert = next((d.alert for d in drill.deliveries if key_of(d) == one.of), "")
        title, text = (f"Acknowledged {alert}" if alert else "Acknowledged every page"), ""
    elif one.what == "hint":
        title, text = f"Took hint {one.text}", ""
    elif one.what == "diagnosis":
        causes = drill.card.causes if drill.card is not None else []
        title, text = "Diagnosis", next((cause.text for cause in causes if str(cause.id) == one.text), "")
    elif one.what == "answer":
        question = next((q.asked.text for q in drill.questions if q.asked.id == one.of), "")
        title = f"Answered “{question}”" if question else title
    return Entry(one.at, kind, title, by=one.by, text=text, id=one.id)
