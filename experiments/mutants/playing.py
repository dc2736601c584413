"""Playing a live mutant: a run like any other, under a name and a content of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.mutants.live import Live
from experiments.play.folder import new_folder
from experiments.play.played import Played
from experiments.play.runner import play
from experiments.play.source import load
from experiments.record.folder import RunFolder


def mutated(lab: Lab, scenario: ScenarioFolder, mutant: Live) -> Played:
    """What is played for a mutant; nothing is written yet.

    Its content hash is its own, so that no run of it is ever taken for one of the scenario.

    Raises:
        BrokenScenario: a file of the folder is missing or wrong.
    """
    original = load(lab, scenario, mutant.kind)
    folder = new_folder(lab, scenario.name, f"mutant-{mutant.name}")
    changed = mutant.change(original)
    title = f"Mutant {mutant.name} of: {changed.file.scenario.title}"
    file = changed.file.model_copy(
        update={
            "run_id": folder.path.name,
            "content_hash": hashlib.sha256(f"{original.file.content_hash} {mutant.name}".encode()).hexdigest(),
            "scenario": changed.file.scenario.model_copy(update={"title": title}),
        }
    )
    return replace(changed, folder=folder, file=file)


def play_mutant(lab: Lab, scenario: ScenarioFolder, mutant: Live) -> RunFolder:
    """Play a live mutant; see `experiments.play.runner.run`.

    Raises:
        UsageError: nothing was touched.
    """
    return play(lab, mutated(lab, scenario, mutant))
