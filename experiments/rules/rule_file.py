"""rules.yaml: the file a production Prometheus loads, as typed values with the line of each rule."""

from __future__ import annotations

from typing import Annotated

import promql_parser as promql
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from experiments.model.base import seconds
from experiments.source.located_yaml import read_yaml
from experiments.source.problem import Problem

_Duration = Annotated[float, BeforeValidator(seconds)]


class Rule(BaseModel):
    """One alert or recording rule as it is written; durations in seconds."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    alert: str | None = None
    record: str | None = None
    expr: str
    hold_s: _Duration = Field(default=0.0, alias="for")
    keep_firing_s: _Duration = Field(default=0.0, alias="keep_firing_for")
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_name(self) -> Rule:
        if (self.alert is None) == (self.record is None):
            raise ValueError("a rule is either an `alert` or a `record`")
        return self

    @property
    def name(self) -> str:
        """The alert's name, or that of the recorded series."""
        return self.alert or self.record or ""


class Group(BaseModel):
    """One rule group. Its `interval` and `query_offset` are production clocks; the lab has its own."""

    model_config = ConfigDict(extra="forbid")
    name: str
    interval: _Duration = 0.0
    query_offset: _Duration = 0.0
    limit: int = 0
    labels: dict[str, str] = Field(default_factory=dict)
    rules: list[Rule]


class _Groups(BaseModel):
    model_config = ConfigDict(extra="forbid")
    groups: list[Group] = Field(min_length=1)


class LocatedRule(BaseModel):
    """A rule that parsed: where it stands and its expression's tree."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)
    group: str
    line: int
    rule: Rule
    tree: promql.Expr


class RuleFile(BaseModel):
    """rules.yaml, in its order."""

    model_config = ConfigDict(frozen=True)
    groups: list[Group]
    rules: list[LocatedRule]

    @property
    def alerts(self) -> list[LocatedRule]:
        """The alerting rules."""
        return [located for located in self.rules if located.rule.alert is not None]


def read_rules(text: str, file: str = "rules.yaml") -> tuple[RuleFile | None, list[Problem]]:
    """Read a Prometheus rule file.

    Args:
        text: the file's content.
        file: its name in problems.

    Returns:
        the file and no problem; or every problem of form, or else of PromQL, and perhaps no file.
    """
    document, problems = read_yaml(text, file)
    if document is None:
        return None, problems
    groups, problems = document.as_model(_Groups, file)
    if groups is None:
        return None, problems
    rules: list[LocatedRule] = []
    for g, group in enumerate(groups.groups):
        for r, rule in enumerate(group.rules):
            line = document.line(("groups", g, "rules", r))
            try:
                tree = promql.parse(rule.expr)
            except ValueError as error:
                at = document.line(("groups", g, "rules", r, "expr"))
                problems.append(Problem(file, at, f"{rule.name}: not PromQL: {error}"))
                continue
            rules.append(LocatedRule(group=group.name, line=line, rule=rule, tree=tree))
    return RuleFile(groups=groups.groups, rules=rules), problems
