"""A scenario that is about to be played, and the configuration that leads an experiment's activities to its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from experiments.record.files import ScenarioFile
from experiments.record.folder import RunFolder
from experiments.runbook import FrontMatter

Configuration = dict[str, JsonValue]
"""What Chaos Toolkit hands to every function that has a `configuration` parameter."""


@dataclass(frozen=True)
class Played:
    """What a run is made from.

    Args:
        file: what goes to scenario.json.
        source: the scenario's folder.
        folder: the run folder; it may not exist yet.
        rules_yaml: the lab form of rules.yaml.
        rights: what the runbook's front matter declares.
        system: which of the scenario's two systems is deployed.
        asleep: workloads that are deployed without a replica, `namespace/name`.
        opened: is told the run folder as soon as it can be read, before anything is deployed.
    """

    file: ScenarioFile
    source: Path
    folder: RunFolder
    rules_yaml: str
    rights: FrontMatter
    system: str
    asleep: tuple[str, ...] = ()
    opened: Callable[[RunFolder], None] | None = None
