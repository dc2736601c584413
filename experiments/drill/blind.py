"""A blind drill: nothing within the trainee's reach names the fault."""

from __future__ import annotations

import yaml

from experiments.drill.options import DrillOptions, Mode

RUNBOOK_URL = "runbook_url"
"""The annotation that leads from an alert to its runbook."""


def run_name(name: str, options: DrillOptions | None) -> str:
    """The part of a run's name that is the scenario's; empty where it must not be told.

    The run's name is in its namespaces' labels, on the on-call's account and in every alert that the pager gets.
    """
    return "" if options is not None and options.mode is Mode.BLIND else name


def without_runbooks(rules: str) -> str:
    """A rules file whose alerts lead to no runbook.

    Args:
        rules: text of a Prometheus rules file.
    """
    document = yaml.safe_load(rules)
    for group in document.get("groups") or []:
        for rule in group["rules"]:
            annotations = rule.get("annotations") or {}
            annotations.pop(RUNBOOK_URL, None)
            if not annotations:
                rule.pop("annotations", None)
    return str(yaml.safe_dump(document, sort_keys=False, width=120, allow_unicode=True))
