"""Production alert rules and how they become lab rules: PromQL is parsed, never edited as text."""

from experiments.rules.conditions import Comparison, comparison, several_series
from experiments.rules.rule_file import RuleFile, read_rules
from experiments.rules.scaling import ScaledRules, scale_rules, survey_rules
from experiments.rules.selectors import input_selectors

__all__ = [
    "Comparison",
    "RuleFile",
    "ScaledRules",
    "comparison",
    "input_selectors",
    "read_rules",
    "scale_rules",
    "several_series",
    "survey_rules",
]
