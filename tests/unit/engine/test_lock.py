"""One run at a time: the second is told which one is first, also in another process, and a kill gives the lab back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.errors import LabBusy
from cluster.lab import Lab
from experiments.play import lock
from experiments.play.lock import Lock

pytestmark = pytest.mark.unit


def _lab(root: Path) -> Lab:
    return Lab("test", root, root / "cache")


_HOLD = """
import sys
from pathlib import Path
from cluster.lab import Lab
from experiments.play.lock import Lock
root = Path(sys.argv[1])
Lock(Lab("test", root, root)).take("first-run", root / "run")
print("taken", flush=True)
sys.stdin.read()
"""


def test_the_second_is_refused_and_told_the_first(tmp_path: Path) -> None:
    held = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert held.stdout is not None
    assert held.stdout.readline() == "taken\n"
    second = Lock(_lab(tmp_path))
    with pytest.raises(LabBusy, match=f"first-run is being played by process {held.pid}"):
        second.take("second-run", tmp_path / "run2")
    os.kill(held.pid, signal.SIGKILL)
    held.wait()
    second.take("second-run", tmp_path / "run2")
    second.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    first = Lock(_lab(tmp_path))
    first.take("a", tmp_path)
    first.release()
    with lock.locked(_lab(tmp_path), "heal"):
        pass


def test_a_kept_run_refuses_the_next_until_it_is_forgotten(tmp_path: Path) -> None:
    lab = _lab(tmp_path)
    lock.refuse_kept(lab)
    lock.keep(lab, "kept-run", tmp_path / "runs" / "kept-run")
    with pytest.raises(LabBusy, match="kept-run was kept standing") as busy:
        lock.refuse_kept(lab)
    assert busy.value.next_step == "firedrill heal"
    lock.forget_kept(lab)
    lock.refuse_kept(lab)
