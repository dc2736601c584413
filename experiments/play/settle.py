"""From ready to steady: the baseline is watched until the steady state has held for as long as the scenario asks."""

from __future__ import annotations

import time

from cluster.errors import ConditionTimedOut, OracleUnavailable
from experiments.compile.conditions import of_group
from experiments.play.session import Session
from experiments.waiting import Seen, eventually

WITHIN_S = 90.0
"""Beyond the hold itself: discovery, the first scrapes and the longest rate window of a lab rule, twice over."""


def settle(session: Session) -> None:
    """Wait until every condition of `healthy` has held without a gap for the last `baseline_hold` seconds.

    The first requests to fresh replicas are slow, and how many seconds they are is the host's affair: the hold counts
    from the last moment at which the system was not healthy. If it never holds, the steady-state hypothesis says so.
    """
    hold = session.file.scenario.baseline_hold
    names = list(of_group(session.file.scenario, "healthy"))

    def look() -> Seen[bool]:
        now = time.time()
        states = [state for name in names if (state := _unsteady(session, name, now - hold, now))]
        return Seen(None if states else True, "; ".join(states))

    try:
        eventually(look, what="healthy", within_s=WITHIN_S + hold, every_s=1.0)
    except ConditionTimedOut as late:
        session.recorder.event("note", late.happened)


def _unsteady(session: Session, name: str, start: float, end: float) -> str:
    """Why a condition was not steady between two moments, in words; empty where it was."""
    try:
        past = session.past(name, start, end)
    except OracleUnavailable as error:
        return f"{name}: {error.happened}"
    if past.first_broken() is not None or past.gap(start, end) is not None:
        return f"{name}: {past.state()}"
    return ""
