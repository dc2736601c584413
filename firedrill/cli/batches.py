"""What the commands for machines do: what fits into a limited time, and everything."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from cluster.errors import UsageError
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.mutants import Live, Mutant
from experiments.play.folder import runs
from firedrill.batch import Batch, Ended
from firedrill.cli import playing, proving
from firedrill.cli.console import out
from firedrill.cli.reported import reported
from firedrill.ground import ensure_up
from firedrill.mutants import Trial
from firedrill.plan import order, survey
from firedrill.runs import HISTORY, ROOT, catalogue
from reports.history import entries

MARKS = ("cluster", "nightly", "killmatrix")
"""The tests on the real cluster, by their marks; a mark that selects no test counts as failed."""


def ci_scenarios(minutes: float, pack: list[Path]) -> int:
    """Prove and try mutants within a limited time; the exit code is the first that is not 0.

    Raises:
        UsageError: something has to be played, and nothing of it fits.
    """
    reused: set[str] = set()
    with reported("firedrill ci-scenarios", pack, reused):
        return _ci_scenarios(minutes, pack, reused)


def nightly(pack: list[Path]) -> int:
    """Everything, one after the other; the exit code is the first that is not 0."""
    batch = Batch()
    with reported("firedrill nightly", pack):
        for folder in catalogue(pack).folders():
            batch.run(f"prove {folder.name}", partial(playing.play_proof, folder.name, pack))
            batch.run(f"mutants of {folder.name}", partial(proving.mutants, folder.name, pack))
        for mark in MARKS:
            batch.run(f"tests marked {mark}", partial(_tests, mark))
    return _end(batch)


def _ci_scenarios(minutes: float, pack: list[Path], reused: set[str]) -> int:
    lab = ensure_up(Lab.of_checkout(), pack)
    standings, broken = survey(catalogue(pack).folders(), list(entries(HISTORY)), runs(lab))
    batch, limit_s = Batch(), minutes * 60
    wanted, proved = order(standings), []
    for known in standings:
        if known not in wanted:
            batch.left[f"prove {known.folder.name}"] = "this content is proven"
            reused.add(known.folder.name)
    for one in wanted:
        title, left_s = f"prove {one.folder.name}", limit_s - batch.spent_s
        if one.needs_s > left_s:
            batch.left[title] = f"it takes {one.needs_s:.0f} s, and {left_s:.0f} s are left"
        elif not batch.run(title, partial(playing.play_proof, one.folder.name, pack)):
            proved.append(one.folder)
        else:
            batch.left[f"mutants of {one.folder.name}"] = "what does not pass unbroken is not broken further"
    for folder in proved:
        batch.run(f"mutants of {folder.name}", partial(_mutants, lab, folder, batch, limit_s))
    for told in broken:
        batch.run(told, lambda: UsageError.exit_code)
    code = _end(batch)
    if wanted and not batch.done:
        raise UsageError(f"Nothing that has to be played fits into {minutes:g} min.", "Give it more with --minutes.")
    return code


def _mutants(lab: Lab, folder: ScenarioFolder, batch: Batch, limit_s: float) -> Ended:
    """Try a scenario's mutants while time is left: the re-judged ones, then the live ones, the shortest first."""
    trial = Trial(lab, folder, proving.tell)
    needs = {one.name: trial.seconds(one) if isinstance(one, Live) else 0.0 for one in trial.mutants()}

    def refused(mutant: Mutant) -> str:
        left_s = limit_s - batch.spent_s
        if needs[mutant.name] <= left_s:
            return ""
        why = f"it takes up to {needs[mutant.name]:.0f} s, and {left_s:.0f} s are left"
        batch.left[f"mutant {mutant.name} of {folder.name}"] = why
        return why

    return proving.pursue(trial, sorted(trial.mutants(), key=lambda one: needs[one.name]), refused)


def _tests(mark: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-m", mark, "tests"], cwd=ROOT, check=False).returncode


def _end(batch: Batch) -> int:
    out.print(batch.summary())
    return batch.code
