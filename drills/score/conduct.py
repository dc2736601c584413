"""The lines that are counted: hints, refused declarations, damage, what was told to others.

What somebody did not do is worth something only where something was done: who never touches the keyboard takes no hint
and breaks nothing.
"""

from __future__ import annotations

import math

from drills.score import weights
from drills.score.evidence import Drill
from drills.score.files import Line, LineId
from experiments.record.drill import Look, Said
from reports.units import seconds


def hints(drill: Drill, *, earned: bool) -> Line:
    """Each hint costs; earned by a right diagnosis or a fix."""
    taken = len({one.text or one.id for one in drill.played if one.what == "hint"})
    text = f"{taken} of {len(drill.card.hints)} hints taken, each costs {weights.HINT}"
    return _kept("hints", "Hints", taken, weights.HINT, weights.HINTS, text, unearned("a right diagnosis", earned))


def refused(drill: Drill, *, earned: bool) -> Line:
    """Each declared fix that was refused costs; earned by an accepted one."""
    found = refusals(drill)
    why = f" ({'; '.join(reason for one in found for reason in one.reasons)})" if any(o.reasons for o in found) else ""
    text = f"{len(found)} declared fix{'' if len(found) == 1 else 'es'} refused{why}, each costs {weights.REFUSAL}"
    title, short = "Refused declarations", unearned("an accepted fix", earned)
    return _kept("refused", title, len(found), weights.REFUSAL, weights.REFUSED, text, short)


def refusals(drill: Drill) -> list[Said]:
    """What the desk refused, each declaration once."""
    return list({one.of or one.id: one for one in drill.desk if one.what == "refused"}.values())


def collateral(drill: Drill, *, earned: bool) -> Line:
    """Each thing that is other than deployed at the end costs; earned by mitigation or fix."""
    look = last_look(drill)
    title = "Collateral damage"
    if look is None or look.error is not None:
        why = "nobody looked at the system" if look is None else f"the system could not be looked at: {look.error}"
        text = f"{why}, so nobody can say that nothing was damaged: no points."
        return Line(
            id="collateral", title=title, points=0, out_of=weights.COLLATERAL, measured=None, unit="times", text=text
        )
    things = list({one.thing: f"{one.thing}: {one.text}" for one in look.findings}.values())
    told = f" ({'; '.join(things)})" if things else ""
    many = "" if len(things) == 1 else "s"
    text = f"{len(things)} thing{many} left other than deployed{told}, each costs {weights.DAMAGE}"
    short = unearned("a mitigation or a fix", earned)
    return _kept("collateral", title, len(things), weights.DAMAGE, weights.COLLATERAL, text, short)


def last_look(drill: Drill) -> Look | None:
    """The last look at the system that could be had, else the last of all: what was repaired is no damage."""
    could = [look for look in drill.looks if look.error is None]
    return could[-1] if could else drill.looks[-1] if drill.looks else None


def answers(drill: Drill, *, earned: bool) -> Line:
    """The share of a stakeholder's questions that got an answer within three minutes."""
    due, late = questions(drill)
    title, out_of, limit = "Stakeholder's questions", weights.ANSWERS, seconds(weights.ANSWER_S)
    if not due:
        points, text = (out_of, "nobody asked") if earned else (0, "nobody asked, and nobody acknowledged the page")
        return Line(id="answers", title=title, points=points, out_of=out_of, measured=0, unit="times", text=f"{text}.")
    answered = len(due) - len(late)
    text = f"{answered} of {len(due)} questions answered within {limit}."
    points = round(out_of * answered / len(due))
    return Line(id="answers", title=title, points=points, out_of=out_of, measured=answered, unit="times", text=text)


def questions(drill: Drill) -> tuple[list[Said], list[Said]]:
    """The questions that count, and those of them that nobody answered in time.

    One that was asked less than three minutes before the end and has no answer counts for nothing.
    """
    asked = list({one.id: one for one in drill.desk if one.what == "asks"}.values())
    due, late = [], []
    for one in asked:
        replies = [m.at for m in drill.played if m.what == "answer" and m.of == one.id and m.text.strip()]
        in_time = any(at - one.at <= weights.ANSWER_S for at in replies)
        over = drill.ended is None or drill.ended - one.at >= weights.ANSWER_S
        if in_time or over or replies:
            due.append(one)
        if not in_time and (over or replies):
            late.append(one)
    return due, late


def updates(drill: Drill) -> Line:
    """Status updates, one due for each ten minutes that begin."""
    given = sum(1 for one in drill.played if one.what == "status" and one.text.strip())
    length = max(0.0, (drill.ended or 0.0) - drill.paged) if drill.paged is not None else 0.0
    due = max(1, math.ceil(length / weights.UPDATE_S))
    points = round(weights.UPDATES * min(1.0, given / due))
    text = f"{given} given, {due} due in {seconds(length)} (one for each {seconds(weights.UPDATE_S)} that begin)."
    return Line(
        id="updates",
        title="Status updates",
        points=points,
        out_of=weights.UPDATES,
        measured=given,
        unit="times",
        text=text,
    )


def unearned(what: str, earned: bool) -> str:
    """What is missing for these points to count, in words; empty where it is there."""
    return "" if earned else f"counts only with {what}, so no points"


def _kept(id: LineId, title: str, count: int, cost: int, out_of: int, text: str, short: str) -> Line:
    points = 0 if short else max(0, out_of - cost * count)
    whole = f"{text}; {short}." if short else f"{text}."
    return Line(id=id, title=title, points=points, out_of=out_of, measured=count, unit="times", text=whole)
