"""Collecting a run's evidence before cleanup: samples of every condition and alert, and what the pager got."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, cast, get_args

from cluster.errors import OracleUnavailable
from experiments.compile.conditions import Group
from experiments.model.conditions import PromCondition
from experiments.play.session import Session
from experiments.play.traffic import offered_rps, sent_rps
from experiments.probes.pager import WATCHDOG
from experiments.probes.past import Past
from experiments.probes.prometheus import Samples
from experiments.record.files import AlertSamples, ConditionSamples, NotificationsFile, SignalsFile

AT_ONCE = 6
"""Questions to Prometheus side by side: it has two cores to share with everything else."""

State = Literal["pending", "firing"]


def collect(session: Session) -> None:
    """Write signals.json and notifications.json; what could not be asked is said in them, nothing is raised for it."""
    session.sampler.ask_once(name for name in session.conditions if name.startswith("invariants."))
    end = time.time()
    session.folder.write("notifications.json", _notifications(session))
    session.folder.write("signals.json", _signals(session, session.marks.began, end))


def _signals(session: Session, start: float, end: float) -> SignalsFile:
    file = SignalsFile(
        step_s=session.file.clock.scrape_s,
        start=start,
        end=end,
        conditions=[],
        alerts=[],
        rule_health=list(session.rule_health.values()),
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        conditions = pool.map(lambda name: _condition(session, name, start, end), session.conditions)
        file.conditions = list(conditions)
    try:
        file.alerts = _alerts(session, start, end)
        if session.file.scenario.traffic:
            step = session.file.clock.scrape_s
            file.sent_rps = session.sources.prometheus.line(sent_rps(session.file.scenario), start, end, step)
            file.offered_rps = session.sources.prometheus.line(offered_rps(session.file.scenario), start, end, step)
    except OracleUnavailable as error:
        file.error = error.happened
    return file


def _condition(session: Session, name: str, start: float, end: float) -> ConditionSamples:
    condition = session.conditions[name]
    error = session.sampler.error(name)
    try:
        seen = session.past(name, start, end)
    except OracleUnavailable as unavailable:
        seen, error = Past("=="), unavailable.happened
    group = name.partition(".")[0]
    return ConditionSamples(
        id=name,
        group=cast(Group, group) if group in get_args(Group) else "healthy",
        title=condition.title,
        expr=condition.expr if isinstance(condition, PromCondition) else condition.model_dump_json(),
        op=seen.op,
        left=seen.left,
        right=seen.right,
        error=error,
    )


def _alerts(session: Session, start: float, end: float) -> list[AlertSamples]:
    merged: dict[tuple[str, str], tuple[dict[str, str], dict[float, State]]] = {}
    for series in session.sources.prometheus.matrix("ALERTS", start, end, session.file.clock.evaluation_s):
        labels = {k: v for k, v in series.labels.items() if k not in ("__name__", "alertstate")}
        state = cast(State, series.labels["alertstate"])
        key = (labels["alertname"], str(sorted(labels.items())))
        _, states = merged.setdefault(key, (labels, {}))
        _merge(states, series.samples, state)
    return [
        AlertSamples(alert=alert, labels=labels, samples=sorted(states.items()))
        for (alert, _), (labels, states) in sorted(merged.items())
    ]


def _merge(states: dict[float, State], samples: Samples, state: State) -> None:
    """Add samples of one state; where both have one (the moment of change), firing wins."""
    for at, _ in samples:
        if state == "firing" or at not in states:
            states[at] = state


def _notifications(session: Session) -> NotificationsFile:
    try:
        deliveries = session.pager.deliveries()
    except OracleUnavailable as error:
        return NotificationsFile(deliveries=[], error=error.happened)
    fault_at = session.marks.injected or time.time()
    heard = [d.at for d in deliveries if d.alert == WATCHDOG and d.at <= fault_at]
    return NotificationsFile(deliveries=deliveries, watchdog_at=max(heard, default=None))
