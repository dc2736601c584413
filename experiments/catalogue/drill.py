"""What drill.md says above its text: how hard the drill is."""

from __future__ import annotations

from typing import Literal

from experiments.model.base import Frozen
from experiments.model.cluster import Dedicated
from experiments.model.scenario import Scenario
from experiments.runbook import Runbook
from experiments.source.front_matter import split
from experiments.source.problem import Problem

Level = Literal[1, 2, 3]


class DrillMatter(Frozen):
    """The front matter of drill.md.

    Args:
        level: how hard it is for a person, 1 to 3; None: as the scenario looks.
    """

    level: Level | None = None


def split_drill(text: str, file: str) -> tuple[DrillMatter, str, list[Problem]]:
    """Take the front matter off drill.md; see `experiments.source.front_matter.split`."""
    return split(text, file, DrillMatter)


def level_of(scenario: Scenario, runbook: Runbook) -> Level:
    """How hard a drill is where its drill.md does not say so.

    3: the fault is in the cluster itself, or whoever looks for it is blind. 2: there is more than one namespace to look
    in, more than one thing to mend, or harm that comes back. 1: everything else.
    """
    rights = runbook.front_matter
    if isinstance(scenario.cluster, Dedicated) or scenario.alerts_by == "watchtower":
        return 3
    if rights.node_shell or rights.cluster_roles:
        return 3
    fixes = sum(block.kind == "fix" for block in runbook.blocks)
    return 2 if len(scenario.namespaces) > 1 or fixes > 1 or scenario.recurs is not None else 1
