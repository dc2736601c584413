"""Commands end with their deadline, children and all, and say what they said."""

from __future__ import annotations

import os
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
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and Path(f"/proc/{child}").exists():
        if Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return  # dead; its new parent has yet to take notice
        time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
