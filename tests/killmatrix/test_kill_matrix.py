"""Killed in any phase by any signal, a run leaves nothing: by its own undo, by the next start, or by `make heal`."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from signal import SIGKILL
from typing import Literal

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.record.files import CleanupFile
from experiments.undo import heal, snapshot
from experiments.undo.snapshot import Snapshot
from reports.kills import Kill, append
from tests.killmatrix.killing import Killed, command, kill, reverts, run_command
from tests.killmatrix.matrix import Cell, cells

pytestmark = pytest.mark.killmatrix

INTERRUPTED = 130


def _params() -> list[object]:
    return [pytest.param(cell, id=cell.id, marks=[pytest.mark.smoke] if cell.smoke else []) for cell in cells()]


@pytest.mark.parametrize("cell", _params())
def test_a_kill_leaves_nothing(lab: Lab, handle: Handle, tmp_path: Path, cell: Cell) -> None:
    if any((lab.state / "undo").glob("*")):  # an earlier test failed: what it left is not this one's
        heal.heal(lab)
    before = snapshot.take(handle)
    killed = kill(lab, cell, tmp_path / "run.log")
    wrong = [] if SIGKILL in cell.signals else _own_undo(killed)
    reverted_s = None
    if cell.reverts_within_s is not None:
        reverted_s = reverts(handle, before, cell.reverts_within_s)
        wrong += [] if reverted_s is not None else [f"the node is not as it was after {cell.reverts_within_s:.0f} s"]
    healed_by, failed = _heal(lab, cell)
    differences = _left(lab, handle, before)
    append(
        Kill(
            time=killed.at,
            fault=cell.scenario.name,
            phase=cell.phase.value,
            signals=tuple(number.name for number in cell.signals),
            hit=killed.hit,
            exit_code=killed.exit_code,
            verdict=killed.verdict,
            report=(killed.folder.path / "report.html").is_file(),
            reverted_s=reverted_s,
            healed_by=healed_by,
            healed_s=time.time() - killed.at,
            differences=tuple(differences),
            wrong=(*wrong, *failed, *differences),
        ),
        lab.root / "reports" / "kills.jsonl",
    )
    assert [*wrong, *failed, *differences] == [], (tmp_path / "run.log").read_text(errors="replace")[-3000:]


def _own_undo(killed: Killed) -> list[str]:
    """What is not as it has to be after signals that can be caught."""
    wrong = [] if killed.exit_code == INTERRUPTED else [f"exit {killed.exit_code}, not {INTERRUPTED}"]
    if not (killed.folder.path / "report.html").is_file():
        wrong.append("no report")
    if not killed.folder.has("cleanup.json"):
        return [*wrong, "no cleanup.json"]
    cleanup = killed.folder.read("cleanup.json", CleanupFile)
    return [*wrong, *cleanup.failed, *cleanup.differences]


def _heal(lab: Lab, cell: Cell) -> tuple[Literal["undo", "heal", "next start"], list[str]]:
    """Clean up as it is done after this kill; what was said where it failed."""
    if not cell.killed:
        return "undo", []
    argv = run_command(cell.scenario.name) if cell.next_start else command("heal")
    ended = subprocess.run(argv, cwd=lab.root, capture_output=True, text=True, timeout=300, check=False)
    said = f"{' '.join(argv[1:3])} ended with {ended.returncode}: {(ended.stdout + ended.stderr)[-1500:]}"
    return "next start" if cell.next_start else "heal", [said] if ended.returncode else []


def _left(lab: Lab, handle: Handle, before: Snapshot) -> list[str]:
    """What differs from before, namespaces of runs and undos that are still owed too."""
    left = [str(difference) for difference in heal.verify(handle, before)]
    left += [f"owed: {path.name}" for path in sorted((lab.state / "undo").glob("*"))]
    runs = handle.get("/api/v1/namespaces?labelSelector=firedrill.run")["items"]
    return left + [f"namespace {one['metadata']['name']} of a run" for one in runs]
