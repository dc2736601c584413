"""What a recorded run would have left behind with one thing broken: evidence in, changed evidence out.

Each changes what the break would have changed in the run's files, up to the check that has to notice it, and nothing
else: whatever else decides the verdict is a check that looked at the wrong thing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from experiments.judge import Evidence
from experiments.model.comparison import Op
from experiments.record.files import (
    AlertSamples,
    ConditionSamples,
    Delivery,
    NotificationsFile,
    RuleHealth,
    SignalsFile,
)

_NEVER: dict[Op, float] = {"<": 1.0, "<=": 1.0, ">": -1.0, ">=": -1.0, "==": 1.0, "!=": 0.0}
"""By how much the left side has to differ from the right one for the comparison to be false."""


def trace_missing(evidence: Evidence, condition: str) -> Evidence:
    """The condition was asked as often as before, and held at no moment."""
    return _condition(evidence, condition, lambda one: _false_from(one, _signals(evidence).start))


def not_kept(evidence: Evidence, condition: str) -> Evidence:
    """The condition was asked as often as before, held before the fault, and at no moment since."""
    return _condition(evidence, condition, lambda one: _false_from(one, evidence.injected or 0.0))


def _false_from(one: ConditionSamples, since: float) -> ConditionSamples:
    right = dict(one.right)
    left = [(at, right[at] + _NEVER[one.op] if at >= since else was) for at, was in one.left if at in right]
    return one.model_copy(update={"left": left})


def two_series(evidence: Evidence, condition: str) -> Evidence:
    """A side of the condition yields two series at once, so that Prometheus gives no answer that counts."""

    def ambiguous(one: ConditionSamples) -> ConditionSamples:
        error = f"`{one.expr}` yields 2 series at once"
        return one.model_copy(update={"left": [], "right": [], "error": error})

    return _condition(evidence, condition, ambiguous)


def rule_deleted(evidence: Evidence, alert: str) -> Evidence:
    """Prometheus has no rule of that name: it says so before the fault, and there is no sample and no delivery."""
    played = evidence.played
    gone = RuleHealth(alert=alert, inputs=0, loaded=False)
    health = [gone if one.alert == alert else one for one in _signals(evidence).rule_health]
    without = replace(
        evidence,
        played=played.model_copy(update={"rules": [rule for rule in played.rules if rule.name != alert]}),
        signals=_signals(evidence).model_copy(update={"rule_health": health}),
    )
    return never_active(without, alert)


def never_active(evidence: Evidence, alert: str) -> Evidence:
    """The rule is loaded and evaluates, and nothing ever reached its threshold."""
    signals = _signals(evidence)
    left = [one for one in signals.alerts if one.alert != alert]
    return not_routed(replace(evidence, signals=signals.model_copy(update={"alerts": left})), alert)


def pending_for_ever(evidence: Evidence, alert: str) -> Evidence:
    """The threshold was reached and never for as long as the rule's `for` asks."""
    signals = _signals(evidence)
    pending = [
        one.model_copy(update={"samples": [(at, "pending") for at, _ in one.samples]}) if one.alert == alert else one
        for one in signals.alerts
    ]
    return not_routed(replace(evidence, signals=signals.model_copy(update={"alerts": pending})), alert)


def not_routed(evidence: Evidence, alert: str) -> Evidence:
    """Nothing of the alert arrived at the pager; the Watchdog and all others did."""
    notifications = evidence.notifications or NotificationsFile(deliveries=[])
    left = [one for one in notifications.deliveries if one.alert != alert]
    return replace(evidence, notifications=notifications.model_copy(update={"deliveries": left}))


def not_held_back(evidence: Evidence, alert: str) -> Evidence:
    """Alertmanager had no inhibit rule: the alert was delivered a group wait after it fired."""
    firing = [at for one in evidence.alert(alert) for at, state in one.samples if state == "firing"]
    at = min(firing, default=evidence.observed_until) + evidence.played.clock.group_wait_s
    page = Delivery(at=at, receiver="oncall", status="firing", alert=alert, labels={"alertname": alert}, starts_at=at)
    notifications = evidence.notifications or NotificationsFile(deliveries=[])
    return replace(
        evidence, notifications=notifications.model_copy(update={"deliveries": [*notifications.deliveries, page]})
    )


def always_true(evidence: Evidence, alert: str) -> Evidence:
    """The alert fires at every moment of the run."""
    signals = _signals(evidence)
    steps = int((signals.end - signals.start) / signals.step_s)
    return _with_alert(evidence, alert, [signals.start + step * signals.step_s for step in range(steps + 1)])


def fires_once(evidence: Evidence, alert: str) -> Evidence:
    """The alert fires in the last sample before the undo, and at no other moment."""
    return _with_alert(evidence, alert, [evidence.observed_until - _signals(evidence).step_s])


def _with_alert(evidence: Evidence, alert: str, firing: list[float]) -> Evidence:
    signals = _signals(evidence)
    samples = AlertSamples(alert=alert, labels={"alertname": alert}, samples=[(at, "firing") for at in firing])
    others = [one for one in signals.alerts if one.alert != alert]
    return replace(evidence, signals=signals.model_copy(update={"alerts": [*others, samples]}))


def _condition(evidence: Evidence, name: str, change: Callable[[ConditionSamples], ConditionSamples]) -> Evidence:
    signals = _signals(evidence)
    changed = [change(one) if one.id == name else one for one in signals.conditions]
    return replace(evidence, signals=signals.model_copy(update={"conditions": changed}))


def _signals(evidence: Evidence) -> SignalsFile:
    """The samples; a run that passed has them, and only passed runs are changed."""
    if evidence.signals is None:
        raise ValueError("a run without signals.json did not pass and is no ground for mutants")
    return evidence.signals
