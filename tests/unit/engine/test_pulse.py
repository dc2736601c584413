"""What the run notices of the machine under it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.play.pulse import Pulse, Ticks
from experiments.play.recorder import Recorder
from experiments.record.files import Event
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit

PROGRAM = """
import sys, time
from pathlib import Path
from experiments.play.pulse import Pulse
from experiments.play.recorder import Recorder
from experiments.record.folder import RunFolder
pulse = Pulse(Recorder(RunFolder(Path(sys.argv[1]))))
pulse.start()
print("beats", flush=True)
sys.stdin.readline()
pulse.stop()
"""


def noted(folder: Path) -> list[Event]:
    return [one for one in RunFolder(folder).events() if one.detail.get("machine") is True]


def test_a_process_that_was_held_up_says_so(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "beats\n"
        stopped = time.time()
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.8)  # the length of the fault, not a wait for something
        os.kill(process.pid, signal.SIGCONT)
        process.communicate("\n", timeout=30)
    moments = [one.detail["moment"] for one in noted(tmp_path) if one.title.startswith("the machine held this process")]
    assert any(isinstance(moment, float) and stopped + 0.7 < moment < stopped + 10 for moment in moments)


def test_its_own_work_holds_no_process_up(tmp_path: Path) -> None:
    pulse = Pulse(Recorder(RunFolder(tmp_path)))
    pulse.start()
    pulse.felt(91.0, 90.8)
    pulse.felt(93.0, 90.8)
    pulse.stop()
    titles = {one.title for one in noted(tmp_path)}
    assert "the machine held this process up for 0.1 s" not in titles
    assert "the machine held this process up for 2.1 s" in titles


def test_a_calm_machine_is_not_worth_a_word(tmp_path: Path) -> None:
    pulse = Pulse(Recorder(RunFolder(tmp_path)))
    pulse.start()
    pulse.felt(0.5, 0.0)
    pulse.lost(0.19)
    pulse.stop()
    assert [one.title for one in noted(tmp_path) if "0.4 s" in one.title or "19%" in one.title] == []


def test_a_whole_night_of_it_is_twenty_lines_and_a_count(tmp_path: Path) -> None:
    pulse = Pulse(Recorder(RunFolder(tmp_path)))
    pulse.start()
    for _ in range(25):
        pulse.lost(0.5)
    pulse.stop()
    titles = [one.title for one in noted(tmp_path)]
    assert "the hypervisor gave 50% of a second to other machines" in titles
    assert len(titles) == 21 and titles[-1].endswith("times more")


def test_one_that_was_never_started_stops(tmp_path: Path) -> None:
    Pulse(Recorder(RunFolder(tmp_path))).stop()
    assert noted(tmp_path) == []


def test_ticks_are_the_kernels(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  10 0 10 60 0 0 0 20 7 7\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    before = Ticks.now(stat)
    assert before == Ticks(all=100, stolen=20)
    stat.write_text("cpu  10 0 10 135 0 0 0 45 7 7\n")
    assert Ticks.now(stat).taken(before) == 0.25
    assert before.taken(before) == 0.0
    assert Ticks.now().all > 0
