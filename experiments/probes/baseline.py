"""Before the fault: everything the verdict will rest on has to be measurable."""

from __future__ import annotations

import time

import promql_parser as promql
from chaoslib.exceptions import ActivityFailed

from cluster.errors import ConditionTimedOut, OracleUnavailable
from experiments.compile.timing import rule_named
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.play.traffic import offered_rps, sent_rps
from experiments.probes.pager import WATCHDOG
from experiments.probes.rules_api import EvaluatedRule, evaluated_rules
from experiments.probes.watch import told
from experiments.record.files import RuleHealth
from experiments.rules.selectors import input_selectors
from experiments.waiting import Seen, eventually

SENT_SHARE = 0.95
"""Of the offered load; below it the load generator is measured, not the system (design, "A scenario folder")."""

WITHIN_S = 30.0
"""Slowest of the inputs: a target discovered late (5 s), a first scrape and a first evaluation."""


def rule_health(session: Session, alerts: list[str], *, past: bool) -> list[RuleHealth]:
    """How many series the inputs of each alert's rule have now, and whether it evaluates.

    Args:
        session: the open run.
        alerts: names of alerts.
        past: ask those selectors alone that have an offset, there; else all, as if they had none. What the rule reads
            of the present may be gone once the fault struck: that is what some alerts are about.

    Raises:
        OracleUnavailable: Prometheus cannot be asked.
    """
    loaded = evaluated_rules(session.sources.proxy, session.file.scenario.oracle)
    return [_health(session, alert, loaded.get(alert), past=past) for alert in alerts]


def _health(session: Session, alert: str, loaded: EvaluatedRule | None, *, past: bool) -> RuleHealth:
    rule = rule_named(alert, session.file.rules)
    if rule is None or loaded is None:
        return RuleHealth(alert=alert, inputs=0, loaded=False)
    empty, inputs = [], 0
    begins = {name for fires in session.file.scenario.detects if fires.alert == alert for name in fires.begins}
    needed = [one for one in input_selectors(rule.lab_expr, needed=True) if metric(one) not in begins]
    if past:
        needed = [one for one in needed if has_offset(one)]
    for selector in needed:
        asked = selector if past else without_offset(selector)
        found = len(session.sources.prometheus.vector(asked))
        inputs += found
        if not found:
            empty.append(asked)
    error = None if loaded.health == "ok" else f"health {loaded.health} {loaded.last_error}".strip()
    return RuleHealth(alert=alert, inputs=inputs, needs=bool(needed), empty=tuple(empty), error=error)


def starving(found: list[RuleHealth]) -> list[str]:
    """What keeps alerts from ever firing, in words; empty where nothing does."""
    return [f"{health.alert}: {lack}" for health in found if (lack := _lack(health))]


def _lack(health: RuleHealth) -> str:
    if not health.loaded:
        return "Prometheus has no rule of this name"
    return health.error or (f"no samples of {', '.join(health.empty)}" if health.empty else "")


def has_offset(selector: str) -> bool:
    """Whether a vector selector looks at another moment than now."""
    node = promql.parse(selector)
    return isinstance(node, promql.VectorSelector) and node.offset is not None


def without_offset(selector: str) -> str:
    """A vector selector that looks at the present."""
    node = promql.parse(selector)
    if isinstance(node, promql.VectorSelector):
        node.offset = None
    return str(node)


def metric(selector: str) -> str:
    """The name of the metric that a vector selector reads; empty where it has none."""
    node = promql.parse(selector)
    return (node.name or "") if isinstance(node, promql.VectorSelector) else ""


def rules_are_fed(alerts: list[str], configuration: Configuration) -> None:
    """Every selector of every alert's rule matches series now, and the rule evaluates without an error.

    Raises:
        ActivityFailed: a rule is not loaded, or a selector matches nothing: the alert could never fire, and its
            silence would prove nothing.
        OracleUnavailable: a rule does not evaluate, or Prometheus cannot be asked.
    """
    _all_fed(alerts, configuration, past=False)


def rules_reach_back(alerts: list[str], configuration: Configuration) -> None:
    """Every selector that has an offset matches series at the time it looks at.

    Raises:
        ActivityFailed: one does not.
        OracleUnavailable: a rule does not evaluate, or Prometheus cannot be asked.
    """
    _all_fed(alerts, configuration, past=True)


def _all_fed(alerts: list[str], configuration: Configuration, *, past: bool) -> None:
    session = session_of(configuration)
    newest: list[RuleHealth] = []

    def look() -> Seen[list[RuleHealth]]:
        newest[:] = rule_health(session, alerts, past=past)
        wrong = starving(newest)
        session.rule_health.update({health.alert: health for health in newest if not past or starving([health])})
        return Seen(None if wrong else newest, "; ".join(wrong))

    title = "every rule's inputs exist at its offset" if past else "every rule has inputs and evaluates"
    try:
        fed = eventually(look, what=title, within_s=WITHIN_S, every_s=1.0)
    except ConditionTimedOut as late:
        if any(health.error for health in newest):
            raise OracleUnavailable(late.happened, "Look at the rules of the run's Prometheus.") from late
        told(session, title, [], False, late.happened)
        return
    session.recorder.event("condition", title, held=True, names=[], state=f"{sum(h.inputs for h in fed)} series")


def watchdog_arrived(configuration: Configuration) -> None:
    """The always-firing Watchdog of this run's Prometheus has reached the pager, so the way of a page is open.

    Raises:
        OracleUnavailable: it did not; an alert that does not arrive would prove nothing.
    """
    session = session_of(configuration)

    def look() -> Seen[float]:
        heard = [d.at for d in session.pager.deliveries() if d.alert == WATCHDOG]
        return Seen(max(heard) if heard else None, "no notification of it at the pager")

    try:
        at = eventually(look, what="the Watchdog arrives", within_s=WITHIN_S)
    except ConditionTimedOut as late:
        raise OracleUnavailable(late.happened, "Look at the logs of alertmanager and of the pager.") from late
    session.recorder.event("condition", "the pager hears the Watchdog", held=True, names=[], state=f"at {at:.1f}")


def load_is_sent(configuration: Configuration) -> None:
    """At least 95 % of the offered load has been sent throughout the baseline's last seconds.

    Raises:
        OracleUnavailable: less was sent, or how much cannot be asked; the generator would be measured, not the system.
    """
    session = session_of(configuration)
    traffic = session.file.scenario.traffic
    if traffic is None:
        raise ActivityFailed("the scenario has no traffic")

    def look() -> Seen[str]:
        offered = session.sources.prometheus.number(offered_rps(session.file.scenario))
        sent = session.sources.prometheus.number(sent_rps(session.file.scenario))
        state = f"{sent:.1f} of {offered:.1f} requests/s ({time.strftime('%H:%M:%S')})"
        return Seen(state if sent >= SENT_SHARE * offered else None, state)

    try:
        state = eventually(look, what="the offered load is sent", within_s=WITHIN_S, every_s=1.0)
    except ConditionTimedOut as late:
        raise OracleUnavailable(late.happened, "Give the load generator more CPU, or offer less.") from late
    session.recorder.event("condition", "the offered load is sent", held=True, names=[], state=state)
