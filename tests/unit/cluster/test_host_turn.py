"""Changes of the host wait for each other, and for whoever installs packages beside the lab."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.errors import HostNotReady
from cluster.host import apt
from cluster.host.turn import turn

pytestmark = pytest.mark.unit

_HOLDER = """
import fcntl, sys
file = open(sys.argv[2], "a")
getattr(fcntl, sys.argv[1])(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(lock: Path, call: str) -> Iterator[subprocess.Popen[str]]:
    """Holds a lock until its input ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _HOLDER, call, str(lock)], stdin=pipe, stdout=pipe, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        yield held


def let_go_after(seconds: float, held: subprocess.Popen[str]) -> None:
    assert held.stdin is not None
    threading.Timer(seconds, held.stdin.close).start()


def test_a_second_lab_waits_for_the_first(tmp_path: Path) -> None:
    with another_process(tmp_path / "turn", "flock") as first:
        let_go_after(0.5, first)
        begun = time.monotonic()
        with turn(tmp_path):
            assert time.monotonic() - begun > 0.4


def test_a_lab_that_never_ends_is_said(tmp_path: Path) -> None:
    with (
        another_process(tmp_path / "turn", "flock"),
        pytest.raises(HostNotReady, match="another lab has been changing this host"),
        turn(tmp_path, within_s=0.3),
    ):
        raise AssertionError("it did not wait")


def test_turns_follow_each_other_in_one_process(tmp_path: Path) -> None:
    with turn(tmp_path, within_s=0):
        pass
    with turn(tmp_path, within_s=0):
        pass


def test_the_index_is_not_fetched_while_somebody_else_does(tmp_path: Path) -> None:
    lock = tmp_path / "lists" / "lock"
    lock.parent.mkdir()
    with another_process(lock, "lockf") as upgrade:
        let_go_after(0.5, upgrade)
        begun = time.monotonic()
        apt.wait_for_lists(lock)
        assert time.monotonic() - begun > 0.4


def test_who_never_stops_fetching_is_named_with_a_command(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with another_process(lock, "lockf"), pytest.raises(HostNotReady, match="has been held") as refused:
        apt.wait_for_lists(lock, within_s=0.3)
    assert "fuser" in str(refused.value)


def test_an_installation_waits_for_the_lock_of_dpkg(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(apt, "run", lambda words, **_: ran.append(words))
    apt.change("install", "-y", "tini", timeout_s=1)
    assert ran == [["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "tini"]]
