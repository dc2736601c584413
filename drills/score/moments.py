"""When the player did what, told in seconds of play since the page, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.score.evidence import Drill
from experiments.judge.truth import Truth
from reports.units import seconds


@dataclass(frozen=True)
class Took:
    """How long after the page something happened, and in words how that is known.

    Args:
        after: seconds of play, without the facilitator's pauses; None where it never happened.
        text: how that is known, or what was missing.
        at: the moment itself (epoch seconds).
    """

    after: float | None
    text: str
    at: float | None = None


def acknowledged(drill: Drill, remarks: list[str]) -> Took:
    """The first acknowledgement."""
    move = next((one for one in drill.played if one.what == "acknowledge"), None)
    if move is None:
        return Took(None, "nobody acknowledged the page")
    after = _since_page(drill, move.at, "the acknowledgement", remarks)
    return Took(after, f"acknowledged {seconds(after)} after the page", move.at)


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
    after = _since_page(drill, stayed.at, "the diagnosis", remarks)
    wrong = sum(one.text.strip() not in true for one in chosen)
    turns = "at once" if wrong == 0 else f"after {wrong} wrong choice{'' if wrong == 1 else 's'}"
    return Took(after, f"the true cause was chosen {seconds(after)} after the page, {turns}", stayed.at)


def fixed(drill: Drill, remarks: list[str]) -> Took:
    """The begin of the recovery that led to the accepted declaration."""
    accepted = drill.said("accepted")
    if accepted is None:
        return Took(None, "no fix was accepted")
    # The desk has seen all of them hold; what was never sampled has nothing to add.
    begin = _streak(drill.truths("recovers"), drill.paged or 0.0, accepted.at)
    if begin is None:
        declared = next((one.at for one in drill.moves if one.id == accepted.of), accepted.at)
        after = _since_page(drill, declared, "the accepted declaration", remarks)
        text = f"declared {seconds(after)} after the page and accepted; no sample says when the recovery began"
        return Took(after, text, declared)
    after = _since_page(drill, begin, "the recovery", remarks)
    return Took(after, f"the recovery that was accepted began {seconds(after)} after the page", begin)


def mitigated(drill: Drill, fix: Took, remarks: list[str]) -> Took:
    """The moment from which on users were served again.

    The player's word counts where the samples bear it out: every `mitigated` condition of the scenario that is
    sampled holds from then to the recovery (or to the end where none came), and failed at some time after the page.
    Else it is the recovery's begin.
    """
    move = next((one for one in drill.played if one.what == "mitigated"), None)
    paged = drill.paged
    if move is None or paged is None:
        if fix.after is None:
            return Took(None, "users were not served again, as far as was told")
        return Took(
            fix.after, f"no mitigation was told; the recovery counts, {seconds(fix.after)} after the page", fix.at
        )
    told = _since_page(drill, move.at, "the mitigation", remarks)
    served = _served(drill.truths("mitigated"), paged, fix.at if fix.at is not None else drill.ended)
    if served is None:
        text = f"mitigation was told {seconds(told)} after the page, and the samples do not bear it out"
        if fix.after is not None:
            text += f"; the recovery counts, {seconds(fix.after)} after the page"
        return Took(fix.after, text, fix.at)
    at = max(move.at, served)
    if fix.at is not None and at >= fix.at:
        text = f"mitigation was told when the system had recovered, {seconds(fix.after)} after the page"
        return Took(fix.after, text, fix.at)
    after = _since_page(drill, at, "the mitigation", remarks)
    text = f"users were served again {seconds(after)} after the page: it was told, and the samples agree"
    return Took(after, text, at)


def _since_page(drill: Drill, at: float, what: str, remarks: list[str]) -> float:
    """Seconds of play since the page; a moment before it is 0, with a remark: a clock was set back, or it was early."""
    paged = drill.paged if drill.paged is not None else at
    if at < paged:
        remarks.append(
            f"{what} is on record {seconds(paged - at)} before the page: counted as 0 s, nothing is negative"
        )
        return 0.0
    return round(max(0.0, at - paged - drill.paused_between(paged, at)), 1)


def _served(truths: Sequence[Truth], paged: float, until: float | None) -> float | None:
    """From when on all of `mitigated` held to `until`; None where they did not, or nobody saw them fail before."""
    begin = _streak(truths, paged, until) if until is not None else None
    if begin is None:
        return None
    # What held through all of the harm says nothing of its end.
    return begin if any(truth.last_false(paged, begin) is not None for truth in truths) else None


def _streak(truths: Sequence[Truth], since: float, until: float) -> float | None:
    """From when on all that is sampled in [since, until] held to its end; None where one did not, or none is."""
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
