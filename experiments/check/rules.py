"""Alert rules a production on-call can work with, and unit tests that show each of them quiet and firing."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from experiments.rules import RuleFile
from experiments.source.located_yaml import read_yaml
from experiments.source.problem import Problem


class _AlertTest(BaseModel):
    alertname: str
    exp_alerts: list[Any] | None = None


class _Test(BaseModel):
    alert_rule_test: list[_AlertTest] = Field(default_factory=list)


class _TestFile(BaseModel):
    """The parts of promtool's unit test file that matter here; promtool itself checks the rest."""

    model_config = ConfigDict(extra="ignore")
    rule_files: list[str]
    tests: list[_Test]


def rule_problems(rules: RuleFile, file: str) -> list[Problem]:
    """Alerts without a severity or a runbook."""
    problems = []
    for located in rules.alerts:
        if "severity" not in located.rule.labels:
            problems.append(Problem(file, located.line, f"{located.rule.name} has no label `severity`"))
        if not located.rule.annotations.get("runbook_url"):
            problems.append(Problem(file, located.line, f"{located.rule.name} has no annotation `runbook_url`"))
    return problems


def coverage_problems(rules: RuleFile, rules_file: str, text: str, file: str) -> list[Problem]:
    """Alerts that the unit tests do not show both quiet and firing.

    Args:
        rules: rules.yaml.
        rules_file: its name in problems.
        text: rules_test.yaml.
        file: its name in problems.
    """
    document, problems = read_yaml(text, file)
    if document is None:
        return problems
    tests, problems = document.as_model(_TestFile, file)
    if tests is None:
        return problems
    if tests.rule_files != ["rules.yaml"]:
        problems.append(
            Problem(file, document.line(("rule_files",)), "rule_files is [rules.yaml], the production rules")
        )
    cases = [case for test in tests.tests for case in test.alert_rule_test]
    quiet = {case.alertname for case in cases if not case.exp_alerts}
    firing = {case.alertname for case in cases if case.exp_alerts}
    for located in rules.alerts:
        for shown, seen in (("quiet (exp_alerts: [])", quiet), ("firing", firing)):
            if located.rule.name not in seen:
                problems.append(
                    Problem(rules_file, located.line, f"{located.rule.name}: no unit test shows it {shown}")
                )
    return problems
