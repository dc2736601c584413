"""What went past the player, as far as the files tell."""

from __future__ import annotations

from drills.score.conduct import questions
from drills.score.evidence import Drill
from experiments.record.files import Delivery
from reports.units import since


def missed(drill: Drill) -> list[str]:
    """In words, in the order in which it would have been due; empty where nobody was paged or nothing was missed."""
    if drill.paged is None:
        return []
    did = {one.what for one in drill.played}
    found = [f"{name} was never acknowledged" for name in _unacknowledged(drill)]
    if "severity" not in did:
        found.append("no severity was set")
    if "hypothesis" not in did and "diagnosis" not in did:
        found.append("no hypothesis was written down")
    if not drill.commands:
        found.append("not one command was run")
    _, late = questions(drill)
    found += [f"a question, asked {since(one.at, drill.paged)}, got no answer in time: {one.text}" for one in late]
    if "diagnosis" not in did:
        found.append("no cause was chosen")
    elif _wrong(drill):
        found.append("the true cause: another one was chosen last")
    if "mitigated" not in did:
        found.append("nobody said from when on users were served again")
    if not any(one.what == "status" and one.text.strip() for one in drill.played):
        found.append("no status update was given")
    if "declare" not in did:
        found.append("no fix was declared")
    return found


def _wrong(drill: Drill) -> bool:
    last = [one.text.strip() for one in drill.played if one.what == "diagnosis"][-1]
    return last not in {str(cause.id) for cause in drill.card.causes if cause.true}


def _unacknowledged(drill: Drill) -> list[str]:
    """Alerts that reached the pager during the incident and that no acknowledgement names, each once."""
    paged, ended = drill.paged or 0.0, drill.ended
    arrived = [
        d for d in drill.deliveries if d.status == "firing" and d.at >= paged - 1 and (not ended or d.at <= ended)
    ]
    acknowledged = [one for one in drill.played if one.what == "acknowledge"]

    def heard(one: Delivery) -> bool:
        # An acknowledgement names the alert and its labels, or everything that had arrived.
        return any(f"{move.of} ".startswith(f"{one.alert} ") if move.of else move.at >= one.at for move in acknowledged)

    return list(dict.fromkeys(one.alert for one in arrived if not heard(one)))
