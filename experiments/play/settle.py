"""From ready to steady: the baseline is watched until the steady state has held for as long as the scenario asks."""

from __future__ import annotations

import time

from cluster.errors import ConditionTimedOut, OracleUnavailable
from experiments.compile.conditions import Group, of_group
from experiments.judge.truth import GAP_STEPS
from experiments.play.session import Session
from experiments.waiting import Seen, eventually

WITHIN_S = 90.0
"""Beyond the hold itself: discovery, the first scrapes and the longest rate window of a lab rule, twice over."""

ASKED: tuple[Group, ...] = ("healthy", "bites", "proof")
"""What the judge wants to have been answered without a hole, from the first second of the hold to its last."""

UNANSWERED_S = 30.0
"""Everything is ready by then: an oracle that has answered nothing for so long will not, and its reason is known."""


def settle(session: Session) -> None:
    """Wait until what the judge asks of the baseline has been so for the last `baseline_hold` seconds: every condition
    of `healthy` held, every one of `bites` and `proof` could be asked and did not hold, and no alert was active.

    The first requests to fresh replicas are slow, and how many seconds they are is the host's affair: the hold counts
    from the last moment at which the system was not healthy. If it never holds, the steady-state hypothesis says so;
    it says so earlier where a condition cannot be asked at all.
    """
    hold = session.file.scenario.baseline_hold
    asked = {name: group == "healthy" for group in ASKED for name in of_group(session.file.scenario, group)}
    answered = {name: time.time() for name in asked}

    def look() -> Seen[str]:
        now = time.time()
        states, silent = [], []
        for name, wanted in asked.items():
            try:
                states.append(_unsteady(session, name, wanted, now - hold, now))
                answered[name] = now
            except OracleUnavailable as error:
                states.append(f"{name}: {error.happened}")
                silent += [states[-1]] if now - answered[name] > UNANSWERED_S else []
        if silent:
            return Seen(f"no answer for {UNANSWERED_S:g} s: {'; '.join(silent)}", "")
        states += _alarmed(session, now - hold, now)
        unsteady = "; ".join(state for state in states if state)
        return Seen(None if unsteady else "steady", unsteady)

    try:
        outcome = eventually(look, what="healthy", within_s=WITHIN_S + hold, every_s=1.0)
    except ConditionTimedOut as late:
        outcome = late.happened
    session.recorder.event("note", outcome)


def _alarmed(session: Session, start: float, end: float) -> list[str]:
    """The scenario's alerts that were active between two moments: a target that was not found yet is absent, too."""
    scenario = session.file.scenario
    known = {*(fires.alert for fires in scenario.detects), *scenario.silent}
    try:
        active = session.sources.prometheus.matrix("ALERTS", start, end, session.file.clock.evaluation_s)
    except OracleUnavailable as error:
        return [error.happened]
    return sorted({f"{name} was active" for one in active if (name := one.labels["alertname"]) in known})


def _unsteady(session: Session, name: str, wanted: bool, start: float, end: float) -> str:
    """Why a condition was not steadily true, or false, between two moments, in words; empty where it was.

    Raises:
        OracleUnavailable: it could not be asked.
    """
    past = session.past(name, start, end)
    # Not the longer gap that a watch forgives: the judge asks for the whole hold, and here there is time to have it.
    covered = past.gap(start, end, GAP_STEPS * session.file.clock.scrape_s) is None
    unwanted = past.first_broken() if wanted else past.first_held()
    if unwanted is not None or not covered:
        return f"{name}: {past.state()}"
    return ""
