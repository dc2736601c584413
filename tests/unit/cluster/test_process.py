"""Commands end with their deadline, children and all, and say what they said."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from cluster.errors import CommandFailed
from cluster.process import run

pytestmark = pytest.mark.unit


def test_output_input_and_environment() -> None:
    assert run(["sh", "-c", "cat; echo $WORD"], stdin="in ", env={"WORD": "out"}) == "in out\n"


def test_failure_says_code_and_error() -> None:
    with pytest.raises(CommandFailed, match="ended with 3: broken"):
        run(["sh", "-c", "echo broken >&2; exit 3"])


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(CommandFailed, match="could not be started"):
        run(["no-such-program"])


def test_the_log_keeps_both_streams_and_is_named(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "x.log"
    with pytest.raises(CommandFailed, match=str(log)):
        run(["sh", "-c", "echo one; echo two >&2; exit 1"], log=log)
    assert {"one", "two"} <= set(log.read_text(encoding="utf-8").splitlines())


def test_children_die_with_a_late_command(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with pytest.raises(CommandFailed, match="still running after"):
        run(["sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"], timeout_s=0.5)
    child = int(pid_file.read_text(encoding="utf-8"))
    assert _dies(child)


def test_a_command_dies_with_a_killed_process(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    command = ["sh", "-c", f"echo $$ > {pid_file}; exec sleep 60"]
    code = f"from cluster.process import run; run({command!r}, dies_with_us=True)"
    parent = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 10
    while not (pid_file.exists() and pid_file.read_text(encoding="utf-8").strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    assert _dies(int(pid_file.read_text(encoding="utf-8")))


def _dies(process: int) -> bool:
    """Whether the process ends soon; one that its new parent has yet to take notice of is dead."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
        except FileNotFoundError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
