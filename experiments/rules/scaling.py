"""Production rules as lab rules: durations by the time scale, constants as declared, nothing else."""

from __future__ import annotations

from datetime import timedelta

import promql_parser as promql
from pydantic import BaseModel

from experiments.model.timescale import TimeScale
from experiments.record.files import AlertClock, ScaledRule
from experiments.rules.declared import Declared
from experiments.rules.figures import Dimension, time_figures
from experiments.rules.lab_file import LabRule, lab_file
from experiments.rules.lab_time import LabTime
from experiments.rules.printer import duration, write
from experiments.rules.rule_file import LocatedRule, read_rules
from experiments.rules.targets import sees_targets
from experiments.rules.walk import walk
from experiments.rules.window import window_s
from experiments.source.problem import Problem, refuse


class ScaledRules(BaseModel):
    """What the lab's Prometheus loads.

    Args:
        rules: every rule in production and lab form, in the file's order.
        text: the lab's rule file (YAML), with the labels and annotations of production.
    """

    rules: list[ScaledRule]
    text: str


def scale_rules(text: str, scale: TimeScale, clock: AlertClock, file: str = "rules.yaml") -> ScaledRules:
    """Scale a production rule file.

    A rule is *exact* where only durations changed, *transformed* where declared constants changed too, *unscalable*
    where the time scale lets it play at production time.

    Args:
        text: the content of rules.yaml.
        scale: the scenario's time scale.
        clock: the lab's scrape and evaluation intervals.
        file: the file's name in messages.

    Raises:
        BrokenScenario: the file is no rule file, an expression no PromQL, or a number that depends on time is neither
            scaled nor kept; every such place with its line.
    """
    scaled, problems = survey_rules(text, scale, clock, file)
    refuse(problems)
    return scaled


def survey_rules(
    text: str, scale: TimeScale, clock: AlertClock, file: str = "rules.yaml"
) -> tuple[ScaledRules, list[Problem]]:
    """As `scale_rules`, but with the problems listed instead of raised; where there are any, no rule is scaled."""
    nothing = ScaledRules(rules=[], text="")
    rule_file, problems = read_rules(text, file)
    if rule_file is None or problems:
        return nothing, problems
    declared = Declared(scale, file)
    scaling = _Scaling(scale, clock, declared, file)
    # Alerts may stand above the rules that record their series.
    recording_first = sorted(rule_file.rules, key=lambda located: located.rule.alert is not None)
    by_line = {located.line: scaling.scale(located) for located in recording_first}
    problems = sorted(declared.problems + scaling.problems + declared.unused())
    if problems:
        return nothing, problems
    lab = [by_line[located.line] for located in rule_file.rules]
    return ScaledRules(rules=[rule.scaled for rule in lab], text=lab_file(rule_file, lab)), []


class _Scaling:
    """One file's rules in order; later rules see what earlier ones record."""

    def __init__(self, scale: TimeScale, clock: AlertClock, declared: Declared, file: str) -> None:
        self._scale = scale
        self._clock = clock
        self._declared = declared
        self._file = file
        self._dimensions: dict[str, Dimension] = {}
        self._windows: dict[str, float] = {}
        self.problems: list[Problem] = []

    def scale(self, located: LocatedRule) -> LabRule:
        rule, tree = located.rule, located.tree
        figures, dimension = time_figures(tree, self._dimensions)
        reason = self._declared.production_time(rule.name)
        if reason is None:
            time = LabTime(self._scale, self._clock)
            kept = self._declared.kept(figures)
            changes = self._declared.apply(figures, rule.name, located.line)
            self._shrink(located, time)
            hold_s = time.hold(rule.hold_s, sees_targets=sees_targets(tree))
            keep_firing_s = time.hold(rule.keep_firing_s)
            self._declared.saw_overrides(time.used)
            expr, notes = self._print(located), [*changes, *kept, *time.notes]
        else:
            changes, hold_s, keep_firing_s = [], rule.hold_s, rule.keep_firing_s
            expr, notes = rule.expr.strip(), [reason]
        window = window_s(tree, self._windows)
        if rule.record is not None:
            self._dimensions[rule.record] = max(dimension, self._dimensions.get(rule.record, dimension))
            self._windows[rule.record] = max(window, self._windows.get(rule.record, window))
        scaled = ScaledRule(
            name=rule.name,
            line=located.line,
            form="unscalable" if reason is not None else "transformed" if changes else "exact",
            production_expr=rule.expr.strip(),
            lab_expr=expr,
            production_for_s=rule.hold_s,
            lab_for_s=hold_s,
            window_s=window,
            labels=rule.labels,
            note="; ".join(notes),
        )
        return LabRule(scaled, keep_firing_s)

    def _shrink(self, located: LocatedRule, time: LabTime) -> None:
        for node in walk(located.tree):
            if isinstance(node, promql.MatrixSelector):
                node.range = _delta(time.range(node.range.total_seconds()))
            if isinstance(node, promql.SubqueryExpr) and node.range is not None:
                node.range = _delta(time.range(node.range.total_seconds()))
                if node.step is not None:
                    node.step = _delta(time.step(node.step.total_seconds()))
                    if node.step > node.range:
                        step, window = duration(node.step), duration(node.range)
                        self._problem(located, f"in the lab a subquery's step ({step}) exceeds its range ({window})")
            if isinstance(node, promql.VectorSelector | promql.SubqueryExpr):
                if node.offset is not None:
                    node.offset = _delta(time.offset(node.offset.total_seconds()))
                if node.at is not None:
                    self._problem(located, "`@` pins a moment, which no time scale can move")

    def _print(self, located: LocatedRule) -> str:
        try:
            return write(located.tree)
        except ValueError as error:
            self._problem(located, str(error))
            return located.rule.expr

    def _problem(self, located: LocatedRule, message: str) -> None:
        self.problems.append(Problem(self._file, located.line, f"{located.rule.name}: {message}"))


def _delta(seconds: float) -> timedelta:
    return timedelta(milliseconds=round(seconds * 1000))
