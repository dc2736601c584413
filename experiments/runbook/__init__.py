"""RUNBOOK.md: what a trainee reads and the lab executes. Reading it is here, running it in `experiments/toolbox`."""

from experiments.runbook.front_matter import FrontMatter
from experiments.runbook.parse import Runbook, changing_blocks, parse_runbook, survey_runbook

__all__ = ["FrontMatter", "Runbook", "changing_blocks", "parse_runbook", "survey_runbook"]
