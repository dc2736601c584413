"""Deadlines and lengths, in seconds, from the clocks that bound them (design, "Time").

An alert with rate window R, `for` F, scrape interval S, evaluation interval E and group wait W needs to be delivered
no later than R + S + E + F + W after the signal crosses its threshold.
"""

from __future__ import annotations

from experiments.model.alerts import Fires
from experiments.record.files import AlertClock, ScaledRule, ScenarioFile

RUNBOOK_S = 30.0
"""What a runbook is taken to need where no incident run has measured it: one roll-out and a few reads."""

SLACK_S = 30.0
"""Added to deadlines: two cores play cluster and load, and a deadline is for what hangs, not for what is slow."""


def rule_named(alert: str, rules: list[ScaledRule]) -> ScaledRule | None:
    """The rule of an alert, or None; `make check` refuses a scenario that names an alert without one."""
    return next((rule for rule in rules if rule.name == alert), None)


def delivery_within(fires: Fires, rules: list[ScaledRule], clock: AlertClock) -> float:
    """Seconds from the harm within which an alert must have been delivered."""
    rule = rule_named(fires.alert, rules)
    own = rule.lab_for_s + rule.window_s if rule else 0.0
    return own + clock.scrape_s + clock.evaluation_s + clock.group_wait_s + clock.group_interval_s + fires.within


def sure_to_be_sent(clock: AlertClock) -> float:
    """Seconds of firing after which a page has arrived, or was held back: its group was looked at twice by then."""
    return clock.group_wait_s + clock.group_interval_s


def resolved_within(file: ScenarioFile) -> float:
    """Seconds from recovery within which every alert of `detects` must have been delivered as resolved."""
    windows = [rule.window_s for f in file.scenario.detects if (rule := rule_named(f.alert, file.rules))]
    clock = file.clock
    waits = clock.scrape_s + clock.evaluation_s + 2 * clock.group_interval_s
    return max(windows, default=0.0) + waits + SLACK_S


def recovered_within(file: ScenarioFile) -> float:
    """Seconds from the last fix block within which recovery must have held for its hold time."""
    longest = max((rule.window_s for rule in file.rules), default=0.0)
    return 60.0 + longest + file.scenario.recovery_hold + SLACK_S


def declared_within(file: ScenarioFile) -> float:
    """Seconds from a declared fix within which recovery must have held for its hold time.

    Less than after a runbook's last block: whoever declares has seen it work already.
    """
    longest = max((rule.window_s for rule in file.rules), default=0.0)
    return longest + file.scenario.recovery_hold + SLACK_S


def paged_within(file: ScenarioFile) -> float:
    """Seconds from the harm within which somebody must have been paged: by the slowest alert that pages at all."""
    scenario = file.scenario
    paging = [fires for fires in scenario.detects if fires.alert not in scenario.held_back]
    return max(delivery_within(fires, file.rules, file.clock) for fires in paging)


def expected_end(file: ScenarioFile) -> float:
    """Seconds from injection at which the runbook ends in an incident run: recorded in the file, else estimated."""
    if file.expected_end_s is not None:
        return file.expected_end_s
    detected = [delivery_within(f, file.rules, file.clock) - f.within for f in file.scenario.detects]
    return file.scenario.onset + max(detected) + RUNBOOK_S
