"""Watching conditions over time, moment by moment as they were scraped, so that nothing between two polls is lost."""

from __future__ import annotations

import time
from collections.abc import Mapping

from chaoslib.exceptions import ActivityFailed
from pydantic import JsonValue

from cluster.errors import ConditionTimedOut, OracleUnavailable
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.probes.ask import Answer, ask
from experiments.probes.past import Past
from experiments.waiting import Seen, eventually


def told(session: Session, title: str, names: list[str], held: bool, state: str) -> None:
    """Write the outcome to the timeline; raise `ActivityFailed` where it does not hold."""
    listed: list[JsonValue] = [*names]
    session.recorder.event("condition", title, held=held, names=listed, state=state)
    if not held:
        session.failed = f"{title}: {state}"
        raise ActivityFailed(f"{title}: {state}")


def words(session: Session, states: Mapping[str, str]) -> str:
    """States of several conditions in one line."""
    return "; ".join(f"{session.conditions[name].title} ({name}): {state}" for name, state in states.items())


def has_held(names: list[str], for_s: float, configuration: Configuration) -> None:
    """Look back: every condition has to have held at every moment of the last `for_s` seconds.

    Raises:
        ActivityFailed: one did not hold at some moment.
        OracleUnavailable: one could not be asked for five seconds or more.
    """
    session = session_of(configuration)
    end = time.time()
    pasts = {name: session.past(name, end - for_s, end) for name in names}
    broken = {name: one.state() for name, one in pasts.items() if one.first_broken() is not None}
    if broken:
        told(session, "held throughout", names, False, words(session, broken))
    told(session, f"held for {for_s:g} s", names, True, states(session, pasts, end - for_s, end))


def throughout(names: list[str], for_s: float, configuration: Configuration) -> None:
    """Watch until `for_s` seconds after the injection: every condition has to hold at every moment since then.

    Raises:
        ActivityFailed: one did not hold; said at the end of the watch, so that the evidence is whole.
        OracleUnavailable: one could not be asked for five seconds or more.
    """
    session = session_of(configuration)
    start = session.injected

    def look() -> Seen[str]:
        now = time.time()
        if now < start + for_s:
            return Seen(None, "still watching")
        pasts = {name: session.past(name, start, start + for_s) for name in names}
        broken = {name: one.state() for name, one in pasts.items() if one.first_broken() is not None}
        if broken:
            told(session, "held throughout", names, False, words(session, broken))
        return Seen(states(session, pasts, start, start + for_s), "watched")

    state = eventually(look, what="the watch", within_s=for_s + 30, every_s=1.0)
    told(session, f"held for {for_s:g} s", names, True, state)


def states(session: Session, pasts: Mapping[str, Past], start: float, end: float) -> str:
    """The newest states in words, after making sure that nothing was missed.

    Raises:
        OracleUnavailable: a condition has a gap between `start` and `end`.
    """
    for name, one in pasts.items():
        gap = one.gap(start, end)
        if gap:
            raise OracleUnavailable(
                f"{session.conditions[name].title} ({name}) could not be asked for {gap[1] - gap[0]:.0f} s,"
                f" from {gap[0] - start:.0f} s into the watch.",
                "Look whether its target was scraped at that time (signals.json).",
            )
    return words(session, {name: one.state() for name, one in pasts.items()})


def each_held(names: list[str], within_s: float, configuration: Configuration) -> None:
    """Wait until each condition held at some moment since the injection, not necessarily the same one.

    Raises:
        ActivityFailed: one never held within `within_s` seconds of the injection.
        OracleUnavailable: one could not be asked at all.
    """
    session = session_of(configuration)
    start = session.injected
    end = start + within_s
    first: dict[str, float] = {}
    newest: dict[str, str] = {}

    def look() -> Seen[float]:
        for name in names:
            if name not in first:
                one = session.past(name, start, min(time.time(), end))
                newest[name] = one.state()
                held = one.first_held()
                if held is not None:
                    first[name] = held
                    title = session.conditions[name].title
                    session.recorder.event("condition", title, held=True, names=[name], state=newest[name], first=held)
        missing = {name: newest[name] for name in names if name not in first}
        return Seen(None if missing else max(first.values()), words(session, missing))

    try:
        last = eventually(look, what="each held", within_s=max(0.0, end - time.time()) + 1.0)
    except ConditionTimedOut as late:
        missing = [name for name in names if name not in first]
        if all(newest.get(name) == "no sample" for name in missing):
            raise OracleUnavailable(
                f"{words(session, {n: newest[n] for n in missing})}, {within_s:g} s long."
            ) from late
        told(session, "held at some moment", missing, False, late.happened)
        return
    session.marks.bitten = last


def all_hold(names: list[str], within_s: float, configuration: Configuration) -> None:
    """Wait until every condition holds at one moment.

    Raises:
        ActivityFailed: they did not within `within_s` seconds; the message says the last state.
        OracleUnavailable: one could not be asked even then.
    """
    session = session_of(configuration)
    unasked: list[OracleUnavailable] = []

    def look() -> Seen[str]:
        unasked.clear()
        answers: dict[str, Answer] = {}
        for name in names:
            try:
                answers[name] = ask(session.conditions[name], session.sources)
            except OracleUnavailable as error:  # asked again until the deadline
                unasked.append(error)
        state = words(session, {name: answer.state for name, answer in answers.items()})
        held = not unasked and all(answer.held for answer in answers.values())
        return Seen(state if held else None, "; ".join([state, *(error.happened for error in unasked)]))

    try:
        state = eventually(look, what="all hold", within_s=within_s)
    except ConditionTimedOut as late:
        if unasked:
            raise unasked[0] from late
        told(session, "all hold at once", names, False, late.happened)
        return
    told(session, "all hold at once", names, True, state)


def none_holds(names: list[str], configuration: Configuration) -> None:
    """Look once: no condition may hold, else what is to be shown as harm is there before the fault.

    Raises:
        ActivityFailed: one holds already.
        OracleUnavailable: one could not be asked.
    """
    session = session_of(configuration)
    answers = {name: ask(session.conditions[name], session.sources) for name in names}
    held = {name: answer.state for name, answer in answers.items() if answer.held}
    state = words(session, held or {name: answer.state for name, answer in answers.items()})
    told(session, "not there before the fault", names, not held, state)
