"""A fault that has a limit of its own has to outlast the trainee's time."""

from __future__ import annotations

from experiments.drill.options import DrillOptions
from experiments.judge.limits import LIMIT
from experiments.model.scenario import Scenario

SLACK_S = 300.0
"""Beyond the trainee's time: the way to the first page, and the judging of a fix that was declared at the end of it."""


def standing(scenario: Scenario, options: DrillOptions) -> Scenario:
    """The scenario with every limit of the fault raised to what the drill may take; none is lowered.

    A person needs longer than a runbook. A step that took itself back meanwhile would look like the trainee's fix.
    """
    needs = scenario.onset + options.limit_s + SLACK_S
    fault = []
    for step in scenario.fault:
        limit = step.arguments.get(LIMIT)
        longer = isinstance(limit, int | float) and limit < needs
        fault.append(step.model_copy(update={"arguments": {**step.arguments, LIMIT: needs}}) if longer else step)
    return scenario.model_copy(update={"fault": tuple(fault)})
