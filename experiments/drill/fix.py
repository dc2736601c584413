"""Whether a declared fix is one: by the scenario's own checks, whatever it was that the trainee did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cluster.errors import OracleUnavailable
from experiments.compile import timing
from experiments.compile.conditions import of_group
from experiments.drill.room import Looks
from experiments.judge.baseline import SENT_SHARE
from experiments.model.recurrence import next_harm
from experiments.play.session import Session
from experiments.play.traffic import offered_rps, sent_rps
from experiments.probes.alerts import unresolved
from experiments.probes.ask import ask
from experiments.probes.recovery import streak
from experiments.record.drill import Finding, Look, Move
from experiments.waiting import Seen

POLL_S = 0.5
"""Between two looks at the conditions' past; the lab scrapes every second."""
BEFORE_S = 5.0
"""How much further back than it has to hold a recovery is looked for: it may have begun long before it was declared,
and each further second is one more sample of each condition at each look."""


@dataclass(frozen=True)
class Judged:
    """What became of a declared fix.

    Args:
        reasons: why it is refused, in words; empty where it is accepted.
        look: the look that decided; None where a check refused first.
        since: from when on the system was well (epoch seconds).
        until: to when it was watched.
    """

    reasons: list[str]
    look: Look | None = None
    since: float | None = None
    until: float | None = None


class Judging:
    """One declared fix that is being judged.

    Args:
        session: the open drill.
        looker: compares the system with what was deployed.
        move: the declaration.
    """

    def __init__(self, session: Session, looker: Looks, move: Move) -> None:
        self._session, self._looker, self._move = session, looker, move
        self._names = [*of_group(session.file.scenario, "recovers")]
        self._since: float | None = None
        self._until: float | None = None

    def judge(self) -> Judged:
        """Look, wait for recovery, watch that it lasts and that the alerts resolve, look again.

        The looks come first and last: what is refused is refused at once, and nothing that is done meanwhile is missed.
        """
        first = self._looker.look(self._move.id)
        if reasons := refusing(first):
            return Judged(reasons, first)
        file = self._session.file
        for look, within_s in (
            (self._recovered, timing.declared_within(file)),
            (self._lasting, self._watch_s() + timing.SLACK_S),
            (self._resolved, timing.resolved_within(file)),
        ):
            reason = self._wait(look, within_s)
            if reason:
                return Judged([reason])
        last = self._looker.look(self._move.id, [*self._invariants(), *self._load()])
        return Judged(refusing(last), last, self._since, self._until)

    def _watch_s(self) -> float:
        scenario = self._session.file.scenario
        return (scenario.recurs or 0.0) + scenario.recovery_hold

    def _wait(self, look: Callable[[], Seen[str]], within_s: float) -> str:
        """Look until there is a value: why the fix is refused, empty where this check has nothing against it."""
        deadline = time.monotonic() + within_s
        while True:
            if self._session.room.to_be_ended:
                return "The drill was ended while the fix was being looked at."
            try:
                seen = look()
            except OracleUnavailable as error:
                seen = Seen[str](None, f"This could not be asked: {error.happened}")
            if seen.value is not None:
                return seen.value
            if time.monotonic() >= deadline:
                return seen.state
            time.sleep(POLL_S)

    def _recovered(self) -> Seen[str]:
        now = time.time()
        scenario = self._session.file.scenario
        earliest = max(self._session.injected, self._move.at - self._watch_s() - BEFORE_S)
        pasts = {name: self._session.past(name, earliest, now) for name in self._names}
        held = streak(pasts.values())
        if held is not None and held[1] - held[0] >= scenario.recovery_hold:
            self._since = held[0]
            return Seen("", "")
        ill = [f"“{self._title(name)}” ({one.state()})" for name, one in pasts.items() if streak([one]) is None]
        if ill:
            return Seen(None, f"The system is not well: {', '.join(ill)} does not hold.")
        return Seen(None, f"The system was not well for {scenario.recovery_hold:g} seconds without a break.")

    def _lasting(self) -> Seen[str]:
        scenario, now, start = self._session.file.scenario, time.time(), self._since or time.time()
        first = self._session.room.first_harm or self._session.injected
        harm = next_harm(first, scenario.recurs or 0.0, start)
        # The run's samples are taken on a grid of their own: two steps more, and they show the whole hold.
        end = max(start, harm) + scenario.recovery_hold + 2 * self._session.file.clock.scrape_s
        for name in self._names:
            past = self._session.past(name, start, min(now, end))
            broken = past.first_broken()
            if broken is not None:
                after = broken - self._move.at
                when = (
                    f"{after:.0f} s after you declared the fix" if after >= 0 else "shortly before you declared the fix"
                )
                return Seen(f"It came back: “{self._title(name)}” did not hold {when}.", "")
            if now >= end and (gap := past.gap(start, end)):
                return Seen(f"“{self._title(name)}” could not be asked for {gap[1] - gap[0]:.0f} s.", "")
        self._until = end
        return Seen("" if now >= end else None, "The lab could not watch long enough whether it comes back.")

    def _resolved(self) -> Seen[str]:
        alerts = [fires.alert for fires in self._session.file.scenario.detects]
        states, unheard = unresolved(self._session, alerts)
        open_ = [f"{alert} is still {state}" for alert, state in sorted(states.items())]
        open_ += [f"{alert} was not delivered as resolved" for alert in sorted(unheard)]
        return Seen(None if open_ else "", f"The alerts did not resolve: {', '.join(open_)}.")

    def _invariants(self) -> list[Finding]:
        """What must be true whatever happened, and is not."""
        found = []
        for name, condition in of_group(self._session.file.scenario, "invariants").items():
            reason = self._wait(partial(self._holds, name), timing.SLACK_S)
            if reason:
                found.append(Finding(kind="data-lost", thing=condition.title, text=reason, refuses=True))
        return found

    def _load(self) -> list[Finding]:
        """Whether the clients still send what they are meant to: a system without load is well and serves nobody."""
        if self._session.file.scenario.traffic is None:
            return []
        reason = self._wait(self._is_sent, timing.SLACK_S)
        return [Finding(kind="traffic-gone", thing="the clients' load", text=reason, refuses=True)] if reason else []

    def _is_sent(self) -> Seen[str]:
        scenario, prometheus = self._session.file.scenario, self._session.sources.prometheus
        offered, sent = prometheus.number(offered_rps(scenario)), prometheus.number(sent_rps(scenario))
        state = f"The clients send {sent:.1f} of {offered:.1f} requests a second: the load is gone, not the harm."
        return Seen("" if sent >= SENT_SHARE * offered > 0 else None, state)

    def _holds(self, name: str) -> Seen[str]:
        answer = ask(self._session.conditions[name], self._session.sources)
        return Seen("" if answer.held else None, f"“{self._title(name)}” does not hold: {answer.state}.")

    def _title(self, name: str) -> str:
        return self._session.conditions[name].title


def refusing(look: Look) -> list[str]:
    """Why a look refuses a fix, in words; empty where it does not."""
    unseen = [f"The system could not be looked at, so nothing is accepted: {look.error}"] if look.error else []
    return [*unseen, *(one.text for one in look.findings if one.refuses)]
