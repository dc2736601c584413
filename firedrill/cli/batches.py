"""What the commands for machines do: what fits into a limited time, and everything."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from cluster.errors import BrokenScenario, BuildFailed, UsageError
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.mutants import Live, Mutant
from experiments.play.folder import runs
from firedrill import suite
from firedrill.batch import Batch, Ended
from firedrill.cli import playing, proving
from firedrill.cli.console import out
from firedrill.cli.reported import reported
from firedrill.ground import ensure_up
from firedrill.mutants import Trial
from firedrill.plan import order, survey
from firedrill.reuse import Ground, proven, tried
from firedrill.runs import HISTORY, ROOT, RUNS, catalogue
from reports.history import Entry, entries
from reports.units import minute

_DAY_S = 86400.0
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


def nightly(reuse_days: float, pack: list[Path]) -> int:
    """Everything, one after the other; the exit code is the first that is not 0.

    Args:
        reuse_days: a proof, and a trial of all mutants, is taken over where content, engine and lab images are what
            they were, and it is no older than this; 0: everything is played.
        pack: folders of further scenarios.
    """
    batch, reused = Batch(), set[str]()
    since = time.time() - reuse_days * _DAY_S
    with reported("firedrill nightly", pack, reused):
        history = list(entries(HISTORY)) if reuse_days else []
        grounds = cache(suite.ground)  # of each pack once: it reads the whole engine
        for folder in catalogue(pack).folders():
            proof, trial = _known(folder, history, grounds, since) if reuse_days else (None, None)
            if proof is not None:
                reused.add(folder.name)
            _unless_known(batch, f"prove {folder.name}", proof, partial(playing.play_proof, folder.name, pack))
            _unless_known(batch, f"mutants of {folder.name}", trial, partial(proving.mutants, folder.name, pack))
        for mark in MARKS:
            batch.run(f"tests marked {mark}", partial(_tests, mark))
    return _end(batch)


def _unless_known(batch: Batch, title: str, began: float | None, job: Callable[[], Ended]) -> None:
    """Do a job, unless its outcome of a run that began then (epoch seconds) still holds."""
    if began is None:
        batch.run(title, job)
    else:
        batch.left[title] = f"reused, of {minute(began)} UTC"


def _known(
    folder: ScenarioFolder, history: list[Entry], grounds: Callable[[Path], Mapping[str, str]], since: float
) -> tuple[float | None, float | None]:
    """When the proof of a scenario and the trial of its mutants began that still hold; what does not load is played."""
    try:
        ground = Ground(grounds(folder.pack), since)
        return proven(folder, history, ground), tried(folder, RUNS, ground)
    except (BrokenScenario, BuildFailed):
        return None, None


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
