"""The rule file that the lab's Prometheus loads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml

from experiments.record.files import ScaledRule
from experiments.rules.printer import duration
from experiments.rules.rule_file import Group, Rule, RuleFile

#: ten times as fast where PyYAML was built with libyaml, as its wheels are
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class LabRule:
    """A scaled rule and what its record does not hold: how long it keeps firing (seconds)."""

    scaled: ScaledRule
    keep_firing_s: float


def lab_file(rule_file: RuleFile, rules: Iterable[LabRule]) -> str:
    """The production file with lab values, as YAML.

    Groups lose their `interval` and `query_offset`: the lab's Prometheus evaluates everything at one interval, which
    is what `for` was rounded to.
    """
    lab = iter(rules)
    groups = [_group(group, [_rule(rule, next(lab)) for rule in group.rules]) for group in rule_file.groups]
    return str(yaml.dump({"groups": groups}, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=10_000))


def _group(group: Group, rules: list[dict[str, Any]]) -> dict[str, Any]:
    head: dict[str, Any] = {"name": group.name}
    head |= {"limit": group.limit} if group.limit else {}
    head |= {"labels": group.labels} if group.labels else {}
    return head | {"rules": rules}


def _rule(rule: Rule, lab: LabRule) -> dict[str, Any]:
    written: dict[str, Any] = {"alert": rule.alert} if rule.alert is not None else {"record": rule.record}
    written["expr"] = lab.scaled.lab_expr
    written |= _hold("for", lab.scaled.lab_for_s) | _hold("keep_firing_for", lab.keep_firing_s)
    written |= {"labels": rule.labels} if rule.labels else {}
    return written | ({"annotations": rule.annotations} if rule.annotations else {})


def _hold(key: str, seconds: float) -> dict[str, str]:
    return {key: duration(timedelta(seconds=seconds))} if seconds else {}
