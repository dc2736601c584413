"""The scaling class of every rule, in a line each, for people who check a scenario."""

from __future__ import annotations

from experiments.catalogue.folder import ScenarioFolder
from experiments.record.files import AlertClock, ScaledRule


def scaling_classes(folder: ScenarioFolder, clock: AlertClock) -> list[str]:
    """How each rule of a scenario becomes a lab rule: `PodCrashLoop: exact, for 60 s -> 1 s (3 kept: …)`.

    Raises:
        BrokenScenario: the rules do not scale; `check` lists why.
    """
    return [_line(rule) for rule in folder.scaled_rules(clock).rules]


def _line(rule: ScaledRule) -> str:
    hold = f", for {rule.production_for_s:g} s -> {rule.lab_for_s:g} s" if rule.production_for_s else ""
    note = f" ({rule.note})" if rule.note else ""
    return f"{rule.name}: {rule.form}{hold}{note}"
