"""How long a run will take, from the scenario alone: for planning, where no run has measured it."""

from __future__ import annotations

from experiments.compile import timing
from experiments.model.alerts import Watched
from experiments.record.files import ScenarioFile
from experiments.record.kinds import RunKind

OVERHEAD_S = 40.0
"""Beyond the floor: deploying, discovery, polling, the runbook's own time, cleaning up. 36 s were measured for the
shop with its database and load on two cores (README, "Tests, and what was tested where")."""


def estimate(file: ScenarioFile) -> float:
    """Seconds that one run of `file.kind` takes with a warm lab, from its declared times; the onset counts in full."""
    scenario = file.scenario
    head = OVERHEAD_S + scenario.baseline_hold
    match file.kind:
        case RunKind.NO_FAULT:
            return head + timing.expected_end(file) + max(scenario.recurs or 0.0, scenario.recovery_hold)
        case RunKind.NO_FIX:
            return head + timing.expected_end(file) * (2.0 if scenario.ends_by_itself else 1.0)
        case RunKind.PREVENTION | RunKind.SECOND_PREVENTION | RunKind.THIRD_PREVENTION:
            return head + (scenario.prevention.lasts if isinstance(scenario.prevention, Watched) else 0.0)
        case _:
            return head + _incident(file)


def _incident(file: ScenarioFile) -> float:
    """Onset, the first alert's way to the pager, and the longer of its resolving and of the recovery's watch."""
    scenario, clock = file.scenario, file.clock
    rule = timing.rule_named(scenario.detects[0].alert, file.rules)
    alert = (rule.lab_for_s if rule else 0.0) + clock.group_wait_s
    resolved = (rule.window_s if rule else 0.0) + clock.group_interval_s
    return scenario.onset + alert + max(resolved, scenario.recovery_hold + (scenario.recurs or 0.0))
