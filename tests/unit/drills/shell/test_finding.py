"""Which drill a shell belongs to, and what is said where there is none; and the clock on its way to the prompt."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from cluster.errors import LabError, UsageError
from cluster.lab import Lab
from drills.shell.clock import Clock
from drills.shell.finding import find
from experiments.play.lock import Holder, Lock, holder
from experiments.record.drill import FOLDER

pytestmark = pytest.mark.unit


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab("demo", tmp_path, tmp_path / "cache")


def test_without_a_run_there_is_no_shell(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"No drill is being played(.|\n)*firedrill play") as refused:
        find(lab)
    assert refused.value.exit_code == 2


def test_who_holds_the_lab_is_found_without_its_lock(lab: Lab, tmp_path: Path) -> None:
    lock = Lock(lab)
    lock.take("20261130-000000-drill", tmp_path / "run")
    assert holder(lab) == Holder(run_id="20261130-000000-drill", folder=str(tmp_path / "run"), pid=os.getpid())
    assert find(lab).path == tmp_path / "run"  # what it is stands there in a moment
    lock.release()
    assert holder(lab) is None


def test_a_run_that_was_killed_holds_nothing(lab: Lab, tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lab.state.mkdir(parents=True)
    killed = Holder(run_id="x", folder=str(tmp_path), pid=ended.pid)
    (lab.state / "run.lock").write_text(killed.model_dump_json())
    assert holder(lab) is None


def test_healing_is_no_drill(lab: Lab) -> None:
    lock = Lock(lab)
    lock.take("heal", lab.state)
    with pytest.raises(UsageError, match="no drill, so it has no shell"):
        find(lab)
    lock.release()


def test_the_clock_is_told_when_the_page_comes_and_again_where_it_was_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drills.shell.clock.EVERY_S", 0.02)
    told: list[float] = []

    def tell(at: float) -> None:
        told.append(at)
        if len(told) < 3:
            raise LabError("not yet")

    clock = Clock(tmp_path, tell)
    clock.start()
    desk = tmp_path / FOLDER / "desk.jsonl"
    desk.parent.mkdir()
    desk.write_text('{"id": "s1", "at": 90.0, "what": "bitten"}\n')
    time.sleep(0.1)
    assert told == []
    with desk.open("a") as lines:
        lines.write('{"id": "s2", "at": 100.5, "what": "paged"}\n{"id": "s3", "at"')
    deadline = time.monotonic() + 5
    while len(told) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    clock.stop()
    assert told == [100.5, 100.5, 100.5]
