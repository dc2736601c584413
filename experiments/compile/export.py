"""Writing an experiment to a file that a stock `chaos run` plays."""

from __future__ import annotations

import json
from pathlib import Path

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile.experiment import compile_experiment
from experiments.play.folder import runs
from experiments.play.runner import ensure_valid
from experiments.play.source import scenario_file
from experiments.record.kinds import RunKind
from experiments.record.writing import write_text


def export(lab: Lab, scenario: ScenarioFolder, kind: RunKind, path: Path) -> None:
    """Write one run of a scenario as a Chaos Toolkit experiment.

    `chaos run PATH`, from any folder, in the environment where Firedrill is installed, deploys, plays and cleans up.

    Args:
        lab: the checkout's lab; it need not be up.
        scenario: the scenario's folder.
        kind: which of the compiled runs.
        path: the file; it is replaced.

    Raises:
        UsageError: the scenario or its kind cannot be played.
    """
    own = scenario.pack.resolve() == (lab.root / "scenarios").resolve()
    experiment = compile_experiment(
        scenario_file(scenario, kind, runs(lab)), pack="" if own else str(scenario.pack.resolve())
    )
    ensure_valid(experiment, scenario.label("scenario.py"))
    write_text(path, json.dumps(experiment, indent=2) + "\n")
