"""A run in a process of its own, for tests that end it from outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.play.folder import runs
from experiments.record.folder import RunFolder
from experiments.waiting import Seen, eventually

PLAY = """
import sys
from pathlib import Path
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.play.runner import run
from experiments.record.kinds import RunKind
run(Lab.of_checkout(Path(sys.argv[1])), ScenarioFolder(Path(sys.argv[2])), RunKind.INCIDENT)
"""


def play_apart(lab: Lab, scenario: ScenarioFolder) -> subprocess.Popen[bytes]:
    """Start an incident run; it goes on by itself."""
    return subprocess.Popen([sys.executable, "-c", PLAY, str(lab.root), str(scenario.path)], cwd=lab.root)


def reaches(lab: Lab, scenario: ScenarioFolder, before: set[Path], what: str) -> RunFolder:
    """The folder of the run that is none of those before, once its timeline has such an event."""

    def look() -> Seen[RunFolder]:
        fresh = set(runs(lab).glob(f"*-{scenario.name}-*")) - before
        folder = RunFolder(max(fresh)) if fresh else None
        reached = folder is not None and any(event.what == what for event in folder.events())
        return Seen(folder if reached else None, str(folder and folder.path))

    return eventually(look, what=f"a run reaches {what}", within_s=150)
