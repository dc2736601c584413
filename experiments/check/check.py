"""The checks of one scenario folder, in the order in which they build on each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cluster.errors import BrokenScenario
from experiments.catalogue.folder import FILES, ScenarioFolder
from experiments.catalogue.loading import survey_scenario
from experiments.check.form import form_problems
from experiments.check.manifests import Render, manifest_problems
from experiments.check.promtool import Promtool
from experiments.check.prose import drill_problems, story_problems, todo_problems
from experiments.check.rules import coverage_problems, rule_problems
from experiments.check.scenario import alert_problems, condition_problems, runbook_problems, step_problems
from experiments.model.scenario import Scenario
from experiments.record.files import AlertClock
from experiments.rules import read_rules, survey_rules
from experiments.runbook import survey_runbook
from experiments.source.problem import Problem
from experiments.source.python_fields import FieldLines


@dataclass(frozen=True)
class Tools:
    """What the checks ask besides the folder itself.

    Args:
        promtool: of the toolbox image.
        render: builds a kustomize folder to YAML.
        images: bare names of the images that the lab and its packs describe, `firedrill/shop`.
        clock: the lab's scrape and evaluation intervals.
    """

    promtool: Promtool
    render: Render
    images: Collection[str]
    clock: AlertClock


def check(folder: ScenarioFolder, tools: Tools) -> list[Problem]:
    """Everything that is wrong with a scenario folder, sorted by file and line.

    A file that does not parse is reported as such, and what builds on it is left out.

    Raises:
        CommandFailed: promtool or kubectl could not be run at all.
    """
    problems = _present(folder)
    scenario, found = _scenario(folder)
    problems += found + _prose(folder) + todo_problems(folder)
    problems += _runbook(folder, scenario) + _rules(folder, scenario, tools)
    if scenario is not None:
        problems += manifest_problems(folder, scenario, tools.render, tools.images)
    return sorted(set(problems))


def check_namespaces(folders: Iterable[ScenarioFolder]) -> list[Problem]:
    """Namespaces that two scenarios of a catalogue claim; folders that do not load are left to their own check."""
    owners: dict[str, ScenarioFolder] = {}
    problems = []
    for folder in folders:
        try:
            namespaces = folder.namespaces
        except BrokenScenario:
            continue
        for namespace in namespaces:
            owner = owners.setdefault(namespace, folder)
            if owner is not folder:
                file = folder.label("scenario.py")
                line = FieldLines.of_scenario(folder.text("scenario.py")).line(("namespaces",))
                problems.append(Problem(file, line, f"the namespace {namespace} is {owner.name}'s"))
    return problems


def _present(folder: ScenarioFolder) -> list[Problem]:
    problems = []
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", folder.path.name):
        problems.append(Problem(folder.label(""), 1, "a scenario's folder is named in snake_case"))
    for file in FILES:
        if not (folder.path / file).exists():
            problems.append(Problem(folder.label(file), 1, "the file is missing"))
        elif (folder.path / file).is_file() and _text(folder, file) is None:
            problems.append(Problem(folder.label(file), 1, "the file is not UTF-8 text"))
    return problems


def _text(folder: ScenarioFolder, file: str) -> str | None:
    """A file's text, or None where it cannot be had (which `_present` reports)."""
    try:
        return folder.text(file)
    except BrokenScenario:
        return None


def _scenario(folder: ScenarioFolder) -> tuple[Scenario | None, list[Problem]]:
    file, text = folder.label("scenario.py"), _text(folder, "scenario.py")
    if text is None:
        return None, []
    scenario, problems = survey_scenario(folder.path / "scenario.py", file)
    if scenario is None:
        return None, problems
    lines = FieldLines.of_scenario(text)
    problems += form_problems(text, file)
    problems += condition_problems(scenario, lines, file) + step_problems(scenario, lines, file)
    return scenario, problems


def _prose(folder: ScenarioFolder) -> list[Problem]:
    story, drill = _text(folder, "README.md"), _text(folder, "drill.md")
    problems = story_problems(story, folder.label("README.md")) if story is not None else []
    return problems + (drill_problems(drill, folder.label("drill.md")) if drill is not None else [])


def _runbook(folder: ScenarioFolder, scenario: Scenario | None) -> list[Problem]:
    text, file = _text(folder, "RUNBOOK.md"), folder.label("RUNBOOK.md")
    if text is None:
        return []
    runbook, problems = survey_runbook(text, file)
    if scenario is not None and not problems:
        problems = runbook_problems(scenario, runbook, file)
    return problems


def _placed(problem: Problem, folder: ScenarioFolder, lines: FieldLines) -> Problem:
    """A problem of the time scale, on the line where scenario.py writes it."""
    if problem.file != folder.label("scenario.py"):
        return problem
    return Problem(problem.file, lines.line(("time_scale",)), problem.message)


def _rules(folder: ScenarioFolder, scenario: Scenario | None, tools: Tools) -> list[Problem]:
    text, file = _text(folder, "rules.yaml"), folder.label("rules.yaml")
    if text is None:
        return []
    rules, problems = read_rules(text, file)
    if rules is None or problems:
        return problems
    problems = rule_problems(rules, file)
    files = {"rules.yaml": text}
    if scenario is not None:
        lines = FieldLines.of_scenario(folder.text("scenario.py"))
        problems += alert_problems(scenario, rules, lines, folder.label("scenario.py"))
        scaled, found = survey_rules(text, scenario.time_scale, tools.clock, file)
        problems += [_placed(problem, folder, lines) for problem in found]
        files |= {} if found else {"rules.scaled.yaml": scaled.text}
    wrong = tools.promtool.check_rules(files)
    if wrong is not None:
        return [*problems, Problem(file, wrong[0], f"promtool check rules: {wrong[1]}")]
    test = _text(folder, "rules_test.yaml")
    if test is None:
        return problems
    test_file = folder.label("rules_test.yaml")
    problems += coverage_problems(rules, file, test, test_file)
    wrong = tools.promtool.test_rules({"rules.yaml": text, "rules_test.yaml": test}, "rules_test.yaml")
    return [*problems, *([Problem(test_file, wrong[0], f"promtool test rules: {wrong[1]}")] if wrong else [])]
