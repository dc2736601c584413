"""What a scenario names must exist: its steps' functions, the alerts, the blocks its conditions rest on."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from cluster.errors import BrokenScenario
from experiments.model.actions import Step
from experiments.model.alerts import Absorbs, Watched
from experiments.model.conditions import PromCondition
from experiments.model.scenario import Scenario
from experiments.record.kinds import GUARD_RAILS
from experiments.rules import RuleFile, comparison, several_series
from experiments.runbook import Runbook, changing_blocks
from experiments.source.problem import Problem
from experiments.source.python_fields import FieldLines

_GROUPS = ("healthy", "bites", "proof", "mitigated", "recovers", "invariants")
_INJECTED = ("configuration", "secrets")
"""Arguments that Chaos Toolkit itself fills in where a function has them."""


def condition_problems(scenario: Scenario, lines: FieldLines, file: str) -> list[Problem]:
    """PromQL conditions that are no comparison, or of which a side may yield several series."""
    written = [(group, n, c) for group in _GROUPS for n, c in enumerate(getattr(scenario, group))]
    exprs = [(lines.line((group, n)), c.expr) for group, n, c in written if isinstance(c, PromCondition)]
    for field, guarded in _watched(scenario):
        exprs += [(lines.line((field,)), expr) for expr in (*guarded.trace, *guarded.keeps)]
    problems = []
    for line, expr in exprs:
        try:
            comparison(expr)
        except BrokenScenario as error:
            problems.append(Problem(file, line, error.happened))
            continue
        side = several_series(expr)
        if side is not None:
            message = f"`{side}` may yield several series; write sum(…), min by () (…) or max by () (…)"
            problems.append(Problem(file, line, message))
    return problems


def alert_problems(scenario: Scenario, rules: RuleFile, lines: FieldLines, file: str) -> list[Problem]:
    """Alerts in `detects` and `silent`, and those that a guard rail pages, that rules.yaml does not have."""
    known = {located.rule.alert for located in rules.alerts}
    named: list[tuple[str, int, str]] = [("detects", n, fires.alert) for n, fires in enumerate(scenario.detects)]
    named += [("silent", n, alert) for n, alert in enumerate(scenario.silent)]
    for field, guarded in _watched(scenario):
        named += [(field, n, alert) for n, alert in enumerate(guarded.pages if isinstance(guarded, Absorbs) else ())]
    return [
        Problem(file, lines.line((group, n)), f"{group}: rules.yaml has no alert {alert}")
        for group, n, alert in named
        if alert not in known
    ]


def _watched(scenario: Scenario) -> list[tuple[str, Watched]]:
    """The guard rails behind which the fault happens, by the field in which they are written."""
    written = [(GUARD_RAILS[kind].field, one) for kind, one in scenario.preventions.items()]
    return [(field, one) for field, one in written if isinstance(one, Watched)]


def runbook_problems(scenario: Scenario, runbook: Runbook, file: str) -> list[Problem]:
    """A runbook without the blocks that the scenario's runs need, or without the one that it excuses."""
    kinds = {block.kind for block in runbook.blocks}
    needed = ["diagnose", "fix", "verify", *(["mitigate"] if scenario.mitigated else [])]
    problems = [Problem(file, 1, f"no `bash {kind}` block") for kind in needed if kind not in kinds]
    if scenario.excused is not None and scenario.excused.block not in changing_blocks(runbook.blocks):
        problems.append(Problem(file, 1, f"scenario.py excuses {scenario.excused.block}, which is no block here"))
    return problems


def step_problems(scenario: Scenario, lines: FieldLines, file: str) -> list[Problem]:
    """Steps of the fault whose function does not exist or does not take their arguments."""
    problems = []
    for n, step in enumerate(scenario.fault):
        wrong = _step(step)
        if wrong is not None:
            problems.append(Problem(file, lines.line(("fault", n)), f"{step.title}: {wrong}"))
    return problems


def _step(step: Step) -> str | None:
    name = f"{step.module}.{step.function}"
    try:
        function: Callable[..., Any] | None = getattr(importlib.import_module(step.module), step.function, None)
    except ImportError as error:
        return f"{name} cannot be imported: {error}"
    if not inspect.isfunction(function):
        return f"there is no function {name}"
    injected = {key: None for key in _INJECTED if key in inspect.signature(function).parameters}
    try:
        inspect.signature(function).bind(**{**injected, **step.arguments})
    except TypeError as error:
        return f"{name}: {error}"
    hints = get_type_hints(function)
    for argument, value in step.arguments.items():
        try:
            # As JSON, because that is how Chaos Toolkit hands them over: a list may be a tuple, 3 is no "3".
            TypeAdapter(hints.get(argument, Any)).validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            return f"{name}: {argument}: {error.errors()[0]['msg']}"
    return None
