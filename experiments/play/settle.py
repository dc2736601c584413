"""From ready to steady: the baseline is watched until the steady state has held for as long as the scenario asks."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cluster.errors import ConditionTimedOut, OracleUnavailable
from experiments.compile.conditions import of_group, steady
from experiments.judge.truth import GAP_STEPS
from experiments.play.session import Session
from experiments.waiting import Seen, eventually

WITHIN_S = 90.0
"""Beyond the hold itself: discovery, the first scrapes and the longest rate window of a lab rule, twice over."""

UNANSWERED_S = 30.0
"""Everything is ready by then: an oracle that has answered nothing for so long will not, and its reason is known."""

LONGEST_REST_S = 5.0
"""Between two looks, however much of the hold is left: an oracle that stops to answer is noticed meanwhile."""


SHORTEST_REST_S = 1.0
"""Where nobody knows when a hold will be over: as often as there is a new sample."""

TURN_S = 0.2
"""How long a hold that is over goes unnoticed at the most; a turn in which nobody is asked costs nothing."""


@dataclass(frozen=True)
class Unsteady:
    """Why a hold is none: in words, and the earliest moment (epoch seconds) at which another one may begin."""

    state: str
    until: float


def settle(session: Session) -> None:
    """Wait until what the judge asks of the baseline has been so for the last `baseline_hold` seconds, without a hole:
    the steady state held, every condition of `bites` and `proof` did not hold, and no alert was active.

    The first requests to fresh replicas are slow, and how many seconds they are is the host's affair: the hold counts
    from the last moment at which the system was not healthy. If it never holds, the steady-state hypothesis says so;
    it says so earlier where a condition cannot be asked at all. While a hold cannot be over yet nobody is asked: what
    asks is on the machine that is being measured.
    """
    scenario = session.file.scenario
    hold, true = scenario.baseline_hold, steady(scenario, session.file.kind)
    asked = {name: group in true for group in (*true, "bites", "proof") for name in of_group(scenario, group)}
    answered = {name: time.time() for name in asked}
    rest = Unsteady("", 0.0)

    def look() -> Seen[str]:
        nonlocal rest
        now = time.time()
        if now < rest.until:
            return Seen(None, rest.state)
        found, silent = list[Unsteady](), list[str]()
        for name, wanted in asked.items():
            try:
                found += _unsteady(session, name, wanted, now - hold, now)
                answered[name] = now
            except OracleUnavailable as error:
                found.append(Unsteady(f"{name}: {error.happened}", now - hold))
                silent += [found[-1].state] if now - answered[name] > UNANSWERED_S else []
        if silent:
            return Seen(f"no answer for {UNANSWERED_S:g} s: {'; '.join(silent)}", "")
        found += _alarmed(session, now - hold, now)
        if not found:
            return Seen("steady", "")
        begins = max(one.until for one in found)
        again = begins + hold if begins + hold > now else now + SHORTEST_REST_S
        rest = Unsteady("; ".join(one.state for one in found), min(again, now + LONGEST_REST_S))
        return Seen(None, rest.state)

    try:
        outcome = eventually(look, what="healthy", within_s=WITHIN_S + hold, every_s=TURN_S)
    except ConditionTimedOut as late:
        outcome = late.happened
    session.recorder.event("note", outcome)


def _alarmed(session: Session, start: float, end: float) -> list[Unsteady]:
    """The scenario's alerts that were active between two moments: a target that was not found yet is absent, too."""
    scenario = session.file.scenario
    known = {*(fires.alert for fires in scenario.detects), *scenario.silent}
    try:
        active = session.sources.prometheus.matrix("ALERTS", start, end, session.file.clock.evaluation_s)
    except OracleUnavailable as error:
        return [Unsteady(error.happened, start)]
    last = dict[str, float]()
    for one in active:
        if (name := one.labels["alertname"]) in known:
            last[name] = max([last.get(name, start), *(at for at, _ in one.samples[-1:])])
    return [Unsteady(f"{name} was active", at) for name, at in sorted(last.items())]


def _unsteady(session: Session, name: str, wanted: bool, start: float, end: float) -> list[Unsteady]:
    """Why a condition was not steadily true, or false, between two moments; nothing where it was.

    Raises:
        OracleUnavailable: it could not be asked.
    """
    past = session.past(name, start, end)
    unwanted = past.last(not wanted)
    # Not the longer gap that a watch forgives: the judge asks for the whole hold, and here there is time to have it.
    forgiven = GAP_STEPS * session.file.clock.scrape_s
    hole = past.gap(start, end, forgiven)
    if unwanted is None and hole is None:
        return []
    return [Unsteady(f"{name}: {past.state()}", max(unwanted or start, hole[1] - forgiven if hole else start))]
