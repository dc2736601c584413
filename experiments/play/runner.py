"""Playing one run of a scenario in this process."""

from __future__ import annotations

import logging

from chaoslib.exceptions import ChaosException
from chaoslib.experiment import ensure_experiment_is_valid, run_experiment

from cluster.errors import BrokenScenario, CleanupFailed, Interrupted, LabError
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile.experiment import Experiment, compile_experiment
from experiments.play import lifecycle
from experiments.play.interrupts import Interrupts
from experiments.play.played import Configuration, Played
from experiments.play.source import load
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind

# What it logs stands in the run's journal and report; without a handler its warnings land among our lines. A stock
# `chaos run` brings handlers of its own.
logging.getLogger("chaostoolkit").addHandler(logging.NullHandler())

SETTINGS = {"runtime": {"rollbacks": {"strategy": "always"}, "hypothesis": {"strategy": "default"}}}


def run(
    lab: Lab, scenario: ScenarioFolder, kind: RunKind, *, keep: bool = False, interrupts: Interrupts | None = None
) -> RunFolder:
    """Play one run from a lab at rest to a lab at rest, and write its folder; the verdict is the judge's.

    Whatever happens after the lab was taken is in the folder: errors and interruptions too. Ctrl-C and SIGTERM undo,
    and cleanup.json says `interrupted`.

    Args:
        lab: the lab, up.
        scenario: the scenario's folder.
        kind: which of the compiled runs.
        keep: leave the run standing where it fails; the next one is refused until `firedrill heal`.
        interrupts: the signal handlers, where the caller holds them beyond the run.

    Raises:
        Interrupted: a signal came before the run had begun.
        UsageError: nothing was touched: the scenario or its kind cannot be played, the lab is busy or not ours.
    """
    return play(lab, load(lab, scenario, kind), keep=keep, interrupts=interrupts)


def play(lab: Lab, played: Played, *, keep: bool = False, interrupts: Interrupts | None = None) -> RunFolder:
    """Play what was read already; see `run`.

    Raises:
        Interrupted: a signal came before the run had begun.
        UsageError: nothing was touched.
    """
    experiment = compile_experiment(played.file, run=str(played.folder.path))
    ensure_valid(experiment, f"{played.source.parent.name}/{played.source.name}/scenario.py")
    configuration: Configuration = {}
    session = lifecycle.prepare(lab, played, configuration, keep=keep, interrupts=interrupts)
    try:
        run_experiment(experiment, settings=SETTINGS)
    except KeyboardInterrupt:
        if not session.interrupts.received:
            raise
    finally:
        try:
            lifecycle.close(configuration)  # nothing is left to close unless Chaos Toolkit itself failed
        except CleanupFailed as error:
            session.failed = session.failed or str(error)  # cleanup.json and the timeline have it already
        finally:
            lifecycle.release(session)
    if not played.folder.has("scenario.json"):
        if session.failed is not None:
            raise LabError(session.failed, "firedrill heal")
        raise Interrupted("The run was stopped before it had begun; nothing was touched.")
    return played.folder


def ensure_valid(experiment: Experiment, file: str) -> None:
    """Refuse an experiment that Chaos Toolkit would not play; `file` is how messages name its scenario.py.

    Raises:
        BrokenScenario: a step of the fault names a function that does not exist, or arguments that it does not take.
    """
    try:
        ensure_experiment_is_valid(experiment)
    except ChaosException as error:
        raise BrokenScenario(f"{file}:1: {error}", "Correct the step.") from error
