"""Recovery, and harm that returns: streaks and moments in the past of conditions."""

from __future__ import annotations

import time
from collections.abc import Iterable

from chaoslib.exceptions import ActivityFailed

from cluster.errors import ConditionTimedOut
from experiments.compile.conditions import of_group
from experiments.model.recurrence import next_harm
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.probes.past import GAP_S, Past
from experiments.probes.watch import states, told, words
from experiments.waiting import POLL_S, Seen, eventually

SOON_S = 5.0
"""A watch that ends so soon is looked at as often as any other wait: the verify blocks have passed beside it."""


def streak(pasts: Iterable[Past]) -> tuple[float, float] | None:
    """The newest unbroken stretch in which all of `pasts` held: first and last moment, or None.

    A stretch without samples of five seconds or more breaks it.
    """
    begins, ends = [], []
    for one in pasts:
        start: float | None = None
        newest: float | None = None
        for at, held in one.held():
            if newest is not None and at - newest >= GAP_S:
                start = None
            start = (start if start is not None else at) if held else None
            newest = at
        if start is None or newest is None:
            return None
        begins.append(start)
        ends.append(newest)
    if not begins or max(begins) > min(ends):
        return None
    return max(begins), min(ends)


def recovered(names: list[str], hold_s: float, within_s: float, configuration: Configuration) -> None:
    """Wait until all conditions have held together for `hold_s` seconds; the streak's begin is the recovery.

    Raises:
        ActivityFailed: no such streak within `within_s` seconds; the message says the last states.
    """
    session = session_of(configuration)
    since = session.marks.fixed or session.injected

    def look() -> Seen[float]:
        pasts = {name: session.past(name, since, time.time()) for name in names}
        held = streak(pasts.values())
        long = held is not None and held[1] - held[0] >= hold_s
        return Seen(held[0] if held and long else None, words(session, {n: one.state() for n, one in pasts.items()}))

    try:
        at = eventually(look, what=f"recovered for {hold_s:g} s", within_s=within_s)
    except ConditionTimedOut as late:
        told(session, "recovered", names, False, late.happened)
        return
    session.marks.recovered = at
    session.recorder.event("condition", "recovered", held=True, names=[*names], since=at, hold_s=hold_s)


def first_harm(session: Session) -> float:
    """The moment at which the first condition of `bites` held first since the injection, as the judge counts onset."""
    name = next(iter(of_group(session.file.scenario, "bites")))
    held = session.past(name, session.injected, time.time()).first_held()
    return session.injected if held is None else held


def outlasts(names: list[str], recurs_s: float, hold_s: float, configuration: Configuration) -> None:
    """Watch recovery until `hold_s` after the harm's next moment: it has to hold at every moment since it began.

    Raises:
        ActivityFailed: the harm came back; the message says when, counted from the recovery.
        OracleUnavailable: a condition could not be asked for five seconds or more.
    """
    session = session_of(configuration)
    start = session.marks.recovered
    if start is None:
        raise ActivityFailed("nothing recovered that could last")
    harm = next_harm(first_harm(session), recurs_s, session.marks.fixed or start)
    # The run's samples are taken on a grid of their own: two steps more, and they show the whole hold.
    end = max(start, harm) + hold_s + 2 * session.file.clock.scrape_s

    def look() -> Seen[str]:
        now = time.time()
        pasts = {name: session.past(name, start, min(now, end)) for name in names}
        broken = {
            name: f"broken {at - start:.0f} s after the recovery"
            for name, one in pasts.items()
            if (at := one.first_broken()) is not None
        }
        if broken:
            told(session, "recovery lasts", names, False, words(session, broken))
        return Seen(states(session, pasts, start, end) if now >= end else None, "still watching")

    left = max(0.0, end - time.time())
    every_s = 1.0 if left > SOON_S else POLL_S  # a turn after the end is overhead, one before it is load
    state = eventually(look, what="the watch", within_s=left + 30, every_s=every_s)
    told(session, f"recovery lasted {end - start:.0f} s", names, True, state)


def harm_after(
    harm: list[str], health: list[str], after_s: float, within_s: float, configuration: Configuration
) -> None:
    """Without a runbook: later than `after_s` seconds after the injection one of `harm` holds or one of `health` not.

    Raises:
        ActivityFailed: the harm was gone by then and did not return within `within_s` seconds more.
        OracleUnavailable: a condition cannot be asked.
    """
    session = session_of(configuration)
    start = session.injected + after_s
    end = start + within_s

    def look() -> Seen[str]:
        now = time.time()
        if now <= start:
            return Seen(None, "the runbook would still be running")
        held = {name: session.past(name, start, min(now, end)) for name in harm}
        broken = {name: session.past(name, start, min(now, end)) for name in health}
        ill = [one.first_held() for one in held.values()] + [one.first_broken() for one in broken.values()]
        first = min((at for at in ill if at is not None), default=None)
        state = words(session, {name: one.state() for name, one in {**held, **broken}.items()})
        # The run's samples are taken on a grid of their own: two steps later the harm stands in them too.
        recorded = first is not None and now >= first + 2 * session.file.clock.scrape_s
        return Seen(state if recorded else None, state)

    try:
        state = eventually(look, what="harm again", within_s=max(0.0, end - time.time()))
    except ConditionTimedOut as late:
        told(session, "the harm persists or returns", harm, False, late.happened)
        return
    told(session, "the harm persists or returns", harm, True, state)
