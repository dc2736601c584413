"""Alerts from rule to pager: their states from Prometheus, their deliveries from the pager."""

from __future__ import annotations

import time

from cluster.errors import ConditionTimedOut
from experiments.judge.firing import longest_firing
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.probes.pager import WATCHDOG
from experiments.probes.watch import told
from experiments.record.files import Delivery
from experiments.waiting import Seen, eventually


def active(session: Session, alerts: list[str]) -> dict[str, str]:
    """The alerts that are pending or firing now, with that state.

    Raises:
        OracleUnavailable: Prometheus cannot be asked.
    """
    return _states(session, alerts, "ALERTS")


def lately_active(session: Session, alerts: list[str]) -> dict[str, str]:
    """The alerts that are pending or firing or were so within the last two samples, with that state.

    The judge reads the record on a grid of its own: it sees that an alert has gone out one step later.

    Raises:
        OracleUnavailable: Prometheus cannot be asked.
    """
    return _states(session, alerts, f"last_over_time(ALERTS[{2 * session.file.clock.scrape_s:g}s])")


def unresolved(session: Session, alerts: list[str]) -> tuple[dict[str, str], set[str]]:
    """What is not over of the alerts since the fault began.

    Returns:
        Those that were active lately, with their state; and the others of which the pager last heard that one fires.

    Raises:
        OracleUnavailable: Prometheus or the pager cannot be asked.
    """
    states = lately_active(session, alerts)
    newest = {one.series: one.status for one in session.pager.deliveries(session.struck) if one.alert in alerts}
    return states, {alert for (alert, _), status in newest.items() if status == "firing"} - set(states)


def _states(session: Session, alerts: list[str], expr: str) -> dict[str, str]:
    wanted = set(alerts)
    found: dict[str, str] = {}
    for series in session.sources.prometheus.vector(expr):
        name, state = series.labels.get("alertname", ""), series.labels.get("alertstate", "")
        if name in wanted and found.get(name) != "firing":
            found[name] = state
    return found


def others(session: Session, alerts: list[str]) -> dict[str, str]:
    """The alerts that are pending or firing now and are not among `alerts`, with that state; the Watchdog always is.

    Raises:
        OracleUnavailable: Prometheus cannot be asked.
    """
    names = {series.labels.get("alertname", "") for series in session.sources.prometheus.vector("ALERTS")}
    return active(session, sorted(names - {*alerts, WATCHDOG}))


def _words(states: dict[str, str]) -> str:
    return ", ".join(f"{alert} {state}" for alert, state in sorted(states.items())) or "all inactive"


def inactive(alerts: list[str], configuration: Configuration) -> None:
    """No alert of the scenario fires before the fault; what other rules say then is written down.

    An alert that was active already is no sign of the fault, whoever is paged by it.

    Raises:
        ActivityFailed: one does.
        OracleUnavailable: Prometheus cannot be asked.
    """
    session = session_of(configuration)
    states, before = active(session, alerts), others(session, alerts)
    session.recorder.event("note", f"other alerts before the fault: {_words(before)}", alerts={**before})
    told(session, "no alert fires before the fault", [], "firing" not in states.values(), _words(states))


def stay_inactive(alerts: list[str], for_s: float, configuration: Configuration) -> None:
    """Watch for `for_s` seconds that no alert fires.

    Raises:
        ActivityFailed: one fired; said as soon as it is seen.
        OracleUnavailable: Prometheus cannot be asked.
    """
    session = session_of(configuration)
    if session.marks.injected is None:
        title = "a fault would be injected now"
        session.marks.injected = session.recorder.event("inject", title, fault=False)
    end = session.injected + for_s

    def look() -> Seen[str]:
        states = active(session, alerts)
        if "firing" in states.values():
            told(session, "no alert fires without the fault", [], False, _words(states))
        return Seen(_words(states) if time.time() >= end else None, _words(states))

    state = eventually(look, what="the watch", within_s=max(0.0, end - time.time()) + 30, every_s=1.0)
    told(session, f"no alert fired for {for_s:.0f} s", [], True, state)


def fires(alert: str, to: str | None, within_s: float, configuration: Configuration) -> None:
    """Wait until the alert has been delivered as firing, at receiver `to` where one is named, since the fault began.

    Raises:
        ActivityFailed: not delivered within `within_s` seconds of the harm; the message says how far it got.
        OracleUnavailable: Prometheus or the pager cannot be asked.
    """
    session = session_of(configuration)
    since = session.struck
    end = (session.marks.bitten or session.injected) + within_s

    def look() -> Seen[Delivery]:
        for delivery in session.pager.deliveries(since):
            if delivery.alert == alert and delivery.status == "firing" and to in (None, delivery.receiver):
                return Seen(delivery, "delivered")
        return Seen(None, f"{active(session, [alert]).get(alert, 'inactive')} at Prometheus, not delivered")

    wanted = f"{alert} is delivered" + (f" to {to}" if to else "")
    try:
        got = eventually(look, what=wanted, within_s=max(0.0, end - time.time()))
    except ConditionTimedOut as late:
        told(session, wanted, [], False, late.happened)
        return
    told(session, wanted, [], True, f"at {got.receiver}, {got.at - session.injected:.1f} s after the injection")


def held_back(alert: str, for_s: float, within_s: float, configuration: Configuration) -> None:
    """Wait until the alert has fired for `for_s` seconds without a break, in which nobody got it.

    Raises:
        ActivityFailed: it did not fire so long within `within_s` seconds of the harm, or it was delivered.
        OracleUnavailable: Prometheus or the pager cannot be asked.
    """
    session = session_of(configuration)
    since = session.struck
    end = (session.marks.bitten or session.injected) + within_s + for_s
    wanted = f"{alert} fires for {for_s:g} s and pages nobody"
    selector, step_s = f'ALERTS{{alertname="{alert}",alertstate="firing"}}', session.file.clock.scrape_s

    def look() -> Seen[str]:
        got = [d.receiver for d in session.pager.deliveries(since) if (d.alert, d.status) == (alert, "firing")]
        if got:
            return Seen(f"delivered to {got[0]}", "")
        series = session.sources.prometheus.matrix(selector, since, time.time(), step_s)
        stretches = (longest_firing(((at, "firing") for at, _ in one.samples), 2 * step_s) for one in series)
        lasted = max(stretches, default=0.0)
        return Seen("nobody got it" if lasted >= for_s else None, f"fired for {lasted:g} s, nobody got it")

    try:
        state = eventually(look, what=wanted, within_s=max(0.0, end - time.time()))
    except ConditionTimedOut as late:
        told(session, wanted, [], False, late.happened)
        return
    told(session, wanted, [], state == "nobody got it", state)


def resolved(alerts: list[str], within_s: float, configuration: Configuration) -> None:
    """Wait until each alert is inactive and its newest delivery says resolved.

    Raises:
        ActivityFailed: not within `within_s` seconds; the message says which and how far it got.
        OracleUnavailable: Prometheus or the pager cannot be asked.
    """
    session = session_of(configuration)

    def look() -> Seen[str]:
        states, unheard = unresolved(session, alerts)
        waiting = {**states, **dict.fromkeys(unheard, "delivered as firing")}
        return Seen(None if waiting else "all resolved", _words(waiting))

    try:
        state = eventually(look, what="the alerts resolve", within_s=within_s)
    except ConditionTimedOut as late:
        told(session, "delivered as resolved", [], False, late.happened)
        return
    told(session, "delivered as resolved", [], True, state)


def nothing_delivered(alerts: list[str], configuration: Configuration) -> None:
    """None of the alerts has been delivered since the fault began.

    Raises:
        ActivityFailed: one was.
        OracleUnavailable: the pager cannot be asked.
    """
    session = session_of(configuration)
    paged = sorted({d.alert for d in session.pager.deliveries(session.struck) if d.alert in alerts})
    told(session, "nobody is paged", [], not paged, ", ".join(paged) or "no delivery")
