"""Playing a scenario to its end: the run, the verdict, the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import reports.history
import reports.html
import reports.junit
from cluster.errors import Interrupted
from cluster.lab import Lab
from experiments.catalogue import Catalogue, ScenarioFolder
from experiments.judge import judge
from experiments.play.folder import point_latest
from experiments.play.interrupts import Interrupts
from experiments.play.runner import run
from experiments.record.files import VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict
from experiments.record.writing import writing

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "reports"
RUNS = REPORTS / "runs"
HISTORY = REPORTS / reports.history.NAME


@dataclass(frozen=True)
class Finished:
    """A run that ended, one way or another, with its verdict on disk."""

    folder: Path
    report: Path
    verdict: VerdictFile


def catalogue(packs: list[Path]) -> Catalogue:
    """The scenarios of this checkout and of every pack named."""
    return Catalogue.of_checkout(ROOT, packs)


def play(lab: Lab, scenario: ScenarioFolder, kind: RunKind, *, keep: bool = False) -> Finished:
    """Play one run on the lab's cluster, judge it and write its report, also where a signal ends it.

    Args:
        lab: the lab that is up.
        scenario: the scenario's folder.
        kind: which of the runs.
        keep: leave a scenario that failed standing.

    Raises:
        Interrupted: a signal came before the run had begun, or when it was over and only its report was written.
        FiredrillError: the run could not begin; once it has begun, it ends in a verdict.
    """
    return to_the_end(lambda interrupts: run(lab, scenario, kind, keep=keep, interrupts=interrupts))


def to_the_end(playing: Callable[[Interrupts], RunFolder]) -> Finished:
    """Play, judge and report under one pair of signal handlers.

    Args:
        playing: plays a run with these handlers, and returns its folder.

    Raises:
        Interrupted: as `play`.
        FiredrillError: as `play`.
    """
    interrupts = Interrupts()
    interrupts.install()
    try:
        folder = playing(interrupts)
        interrupts.shield()
        finished = conclude(folder)
    finally:
        interrupts.restore()
    if interrupts.received and finished.verdict.verdict is not Verdict.INTERRUPTED:
        raise Interrupted(f"The run was over when the signal came: {finished.verdict.verdict}, {finished.report}.")
    return finished


def conclude(folder: RunFolder) -> Finished:
    """Judge a run folder, write verdict, report and JUnit, and point `reports/latest` at it.

    Raises:
        NotWritten: the disk is full; `firedrill judge` and `firedrill report` write them once there is room.
    """
    verdict = judge(folder)
    with writing(folder.path):
        folder.write("verdict.json", verdict)
        report = reports.html.write(folder.path)
        reports.junit.write(folder.path)
        point_latest(folder)
        reports.history.append(folder.path)
    return Finished(folder.path, report, verdict)
