"""The teams' scores so far, and what the wall shows: nothing that a team must not know yet."""

from __future__ import annotations

from dataclasses import dataclass

from drills.gameday.day import Stage
from drills.gameday.facts import Facts, Result

MESSAGES = 2
"""How many of the newest messages the wall shows."""


@dataclass(frozen=True)
class Line:
    """A finished incident as everybody may see it; durations are seconds."""

    number: int
    team: str
    title: str
    ended: str
    fixed_s: float | None
    points: float | None
    out_of: float | None


@dataclass(frozen=True)
class Standing:
    """A team's score so far."""

    team: str
    points: float
    out_of: float
    incidents: int
    fixed: int
    on_call: bool


@dataclass(frozen=True)
class Wall:
    """What hangs on the wall.

    Args:
        headline: where the day stands, in a few words.
        on_call: the team that is.
        since: when the incident's clock started; None: there is no page.
        stopped: when it stopped, while the drill is still cleaned up; None: it goes on.
        until: when the break is over; None: there is none, or nobody is to know.
        signs: what the team has done about the incident, in a few words each.
        messages: the facilitator's newest, the newest first.
    """

    title: str
    headline: str
    on_call: str
    since: float | None
    stopped: float | None
    until: float | None
    paused: bool
    signs: tuple[str, ...]
    standings: tuple[Standing, ...]
    lines: tuple[Line, ...]
    messages: tuple[str, ...]


def wall(facts: Facts) -> Wall:
    """What everybody may see. Between a surprise that is being prepared and none at all there is no difference."""
    day = facts.day
    return Wall(
        title=facts.file.title,
        headline=_headline(facts),
        on_call=facts.on_call,
        since=facts.paged,
        stopped=facts.drill.stopped if facts.paged is not None else None,
        until=day.until if day.stage is Stage.BREAK and not day.paused else None,
        paused=day.paused and day.stage is not Stage.DONE,
        signs=_signs(facts),
        standings=standings(facts),
        lines=tuple(_line(facts, number, one) for number, one in enumerate(facts.results, start=1)),
        messages=tuple(text for _, text in reversed(day.said[-MESSAGES:])),
    )


def standings(facts: Facts) -> tuple[Standing, ...]:
    """The teams by their points; those with as many stay in the plan's order."""
    found = []
    for team in facts.file.teams:
        own = [one for one in facts.results if one.step.team == team]
        scores = [one.score for one in own if one.score is not None]
        found.append(
            Standing(
                team=team,
                points=sum(one.points for one in scores),
                out_of=sum(one.out_of for one in scores),
                incidents=len(own),
                fixed=sum(one.fixed_s is not None for one in own),
                on_call=team == facts.on_call,
            )
        )
    return tuple(sorted(found, key=lambda one: -one.points))


def _headline(facts: Facts) -> str:
    match facts.day.stage:
        case Stage.PLANNED:
            return "The day begins soon"
        case Stage.BREAK:
            return "Break"
        case Stage.DONE:
            return "The day is over"
        case Stage.INCIDENT if facts.paged is not None:
            return f"{facts.on_call} is on an incident"
        case Stage.INCIDENT | Stage.WATCH if facts.on_call:
            return f"{facts.on_call} is on call"
        case Stage.INTERRUPTED:
            return "The lab needs a moment"
    return "Between two incidents"


def _signs(facts: Facts) -> tuple[str, ...]:
    """What a team does, without its words: they might name what others have yet to find."""
    if facts.paged is None:
        return ()
    drill = facts.drill
    moved = {one.what for one in drill.moves}
    told = ["acknowledged" if "acknowledge" in moved else "not acknowledged"]
    told += [drill.severity] if drill.severity else []
    told += ["mitigated, they say"] if drill.mitigated is not None else []
    told += [f"{len(drill.hints)} hint{'s' if len(drill.hints) > 1 else ''}"] if drill.hints else []
    told += ["a fix is being judged"] if drill.stage == "judging" else []
    told += ["fixed"] if drill.first("accepted") is not None else []
    return tuple(told)


def _line(facts: Facts, number: int, one: Result) -> Line:
    return Line(
        number=number,
        team=one.step.team,
        title=one.step.title if facts.spoken_of(one.step) else "",
        ended=one.words,
        fixed_s=one.fixed_s,
        points=one.score.points if one.score is not None else None,
        out_of=one.score.out_of if one.score is not None else None,
    )
