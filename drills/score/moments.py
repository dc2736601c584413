"""When the player did what, told in seconds since the page, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.score.evidence import Drill
from experiments.judge.truth import Truth
from reports.units import seconds


@dataclass(frozen=True)
class Took:
    """How long after the page something happened (seconds, None: never), and in words how that is known."""

    after: float | None
    text: str


def since_page(drill: Drill, at: float, what: str, remarks: list[str]) -> float:
    """Seconds since the page; a moment before it is 0, with a remark: a clock was set back, or it was foreseen."""
    after = at - (drill.paged if drill.paged is not None else at)
    if after >= 0:
        return round(after, 1)
    remarks.append(f"{what} is on record {seconds(-after)} before the page, so a clock was set back: counted as 0 s")
    return 0.0


def acknowledged(drill: Drill, remarks: list[str]) -> Took:
    """The first acknowledgement."""
    move = next((one for one in drill.played if one.what == "acknowledge"), None)
    if move is None:
        return Took(None, "nobody acknowledged the page")
    after = since_page(drill, move.at, "the acknowledgement", remarks)
    return Took(after, f"acknowledged {seconds(after)} after the page")


def diagnosed(drill: Drill, remarks: list[str]) -> Took:
    """The moment of the right diagnosis that stayed: the last choice counts, from when on it was not changed."""
    chosen = [one for one in drill.played if one.what == "diagnosis"]
    true = {str(cause.id) for cause in drill.card.causes if cause.true}
    if not chosen:
        return Took(None, "no cause was chosen")
    if chosen[-1].text.strip() not in true:
        return Took(None, "the cause that was chosen last is not the true one")
    stayed = chosen[-1]
    for one in reversed(chosen):
        if one.text.strip() not in true:
            break
        stayed = one
    after = since_page(drill, stayed.at, "the diagnosis", remarks)
    wrong = sum(one.text.strip() not in true for one in chosen)
    turns = "at once" if wrong == 0 else f"after {wrong} wrong choice{'' if wrong == 1 else 's'}"
    return Took(after, f"the true cause was chosen {seconds(after)} after the page, {turns}")


def fixed(drill: Drill, remarks: list[str]) -> Took:
    """The begin of the recovery that led to the accepted declaration."""
    accepted = drill.said("accepted")
    if accepted is None:
        return Took(None, "no fix was accepted")
    begin = _recovered(drill, accepted.at)
    if begin is None:
        declared = next((one.at for one in drill.moves if one.id == accepted.of), accepted.at)
        after = since_page(drill, declared, "the accepted declaration", remarks)
        return Took(after, f"declared {seconds(after)} after the page; no sample says when the recovery began")
    after = since_page(drill, begin, "the recovery", remarks)
    return Took(after, f"from {seconds(after)} after the page on the system was recovered, and the fix was accepted")


def mitigated(drill: Drill, fix: Took, remarks: list[str]) -> Took:
    """The moment from which on users were served again.

    The player's word counts where the samples bear it out: every `mitigated` condition of the scenario that is
    sampled holds from then to the recovery (or to the end where none came), and was seen to fail after the page or
    before. Else it is the recovery's begin.
    """
    move = next((one for one in drill.played if one.what == "mitigated"), None)
    fallback = Took(fix.after, f"no mitigation was told before the recovery, which began {seconds(fix.after)} after it")
    nothing = Took(None, "users were not served again, as far as was told and measured")
    if move is None or drill.paged is None:
        return fallback if fix.after is not None else nothing
    until = drill.paged + fix.after if fix.after is not None else drill.ended
    served = _served(drill.truths("mitigated"), drill.paged, until)
    told = since_page(drill, move.at, "the mitigation", remarks)
    if served is None:
        word = f"mitigation was told {seconds(told)} after the page, but the samples do not bear it out"
        return Took(fix.after, word + (f"; the recovery counts, {seconds(fix.after)}" if fix.after is not None else ""))
    after = max(told, since_page(drill, served, "the mitigation's begin", remarks))
    if fix.after is not None and after >= fix.after:
        return Took(
            fix.after, f"mitigation was told when the system had recovered, {seconds(fix.after)} after the page"
        )
    return Took(after, f"users were served again {seconds(after)} after the page: it was told, and the samples agree")


def _recovered(drill: Drill, accepted: float) -> float | None:
    """From when on all of `recovers` held to the acceptance; None where nobody can say."""
    # The desk has seen all of them hold; what was never sampled has nothing to add.
    return _streak(drill.truths("recovers"), drill.paged or 0.0, accepted)


def _served(truths: Sequence[Truth], paged: float, until: float | None) -> float | None:
    """From when on all of `mitigated` held to `until`; None where they did not, or held when the page came."""
    if until is None:
        return None
    begin = _streak(truths, paged, until)
    if begin is None:
        return None
    failed = [truth.last_false(0.0, begin) for truth in truths]
    # What held through all of the harm says nothing of its end.
    return begin if any(at is not None and at >= paged for at in failed) else None


def _streak(truths: Sequence[Truth], since: float, until: float) -> float | None:
    begins = []
    for truth in truths:
        if not truth.between(since, until):
            continue
        last_false = truth.last_false(since, until)
        begin = truth.first(since if last_false is None else last_false, until)
        if begin is None:
            return None
        begins.append(begin)
    return max(begins, default=None)
