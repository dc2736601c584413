"""Playing a run with the real command line, killing it in a phase, and seeing what it left."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.play.folder import runs
from experiments.record.files import VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase
from experiments.undo import snapshot
from experiments.undo.snapshot import Snapshot
from experiments.waiting import Seen, eventually
from tests.killmatrix.matrix import PACKS, Cell

REACHED_WITHIN_S = 150.0
ENDED_WITHIN_S = 150.0
LOOKS_EVERY_S = 2.0
"""Each look asks every node and lists every object, on the machine on which the fault has to revert."""
MARGIN_S = 20.0
"""On top of a fault's limit: a kubelet or a node that is back has to be heard of first."""


@dataclass
class Killed:
    """A run that was killed.

    Args:
        folder: its run folder.
        hit: the phase it was in.
        at: when the first signal was sent (epoch seconds).
        exit_code: how the process ended.
    """

    folder: RunFolder
    hit: str
    at: float
    exit_code: int

    @property
    def verdict(self) -> str:
        """Its verdict; empty where none was written."""
        name = "verdict.json"
        return self.folder.read(name, VerdictFile).verdict.value if self.folder.has(name) else ""


def command(*words: str) -> list[str]:
    """The real command line, with the matrix' packs for what plays a run."""
    return [str(Path(sys.executable).with_name("firedrill")), *words]


def run_command(name: str) -> list[str]:
    """The command that plays the incident `name`."""
    return command("run", name, *(word for pack in PACKS for word in ("--pack", str(pack))))


def kill(lab: Lab, cell: Cell, log: Path) -> Killed:
    """Play the cell's scenario and kill it as the cell says."""
    before = set(runs(lab).glob("*"))
    with log.open("wb") as output, _playing(lab, cell.scenario.name, output) as process:
        folder = _reaches(lab, before, cell.phase, process)
        time.sleep(cell.delay_s)  # the moment of the kill, not a wait for anything
        hit, at = _phase(folder), time.time()
        process.send_signal(cell.signals[0])
        for number in cell.signals[1:]:
            _noticed(log, process)
            process.send_signal(number)
        return Killed(folder, hit, at, process.wait(timeout=ENDED_WITHIN_S))


def reverts(handle: Handle, before: Snapshot, within_s: float) -> float | None:
    """Seconds until the nodes are as they were with nobody's help; None where they are not within the time."""
    begun, left = time.monotonic(), list[str]()
    while time.monotonic() < begun + within_s + MARGIN_S:
        found = [str(difference) for difference in snapshot.differences(before, snapshot.take(handle))]
        left = [text for text in found if any(f"{node} " in text for node in handle.nodes())]
        if not left:
            return time.monotonic() - begun
        time.sleep(LOOKS_EVERY_S)
    return None


@contextmanager
def _playing(lab: Lab, name: str, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        run_command(name), cwd=lab.root, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:  # the test itself failed: nothing may go on
            process.kill()
            process.wait()


def _reaches(lab: Lab, before: set[Path], phase: Phase, process: subprocess.Popen[bytes]) -> RunFolder:
    def look() -> Seen[RunFolder]:
        assert process.poll() is None, f"the run ended with {process.returncode} before {phase}"
        fresh = set(runs(lab).glob("*")) - before
        folder = RunFolder(max(fresh)) if fresh else None
        begun = [event.phase for event in folder.events() if event.what == "phase"] if folder else []
        return Seen(folder if phase in begun else None, f"phases {begun}")

    return eventually(look, what=f"the run reaches {phase}", within_s=REACHED_WITHIN_S, every_s=0.05)


def _noticed(log: Path, process: subprocess.Popen[bytes]) -> None:
    """The first signal was noticed, and the process still undoes."""

    def look() -> Seen[bool]:
        said = log.read_text(encoding="utf-8", errors="replace")
        done = "undo" in said or process.poll() is not None
        return Seen(True if done else None, said[-200:])

    eventually(look, what="the first signal is noticed", within_s=10, every_s=0.05)


def _phase(folder: RunFolder) -> str:
    return str(folder.events()[-1].phase)
