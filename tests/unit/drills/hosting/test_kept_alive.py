"""A process that is kept alive: started again at the same place, given up after three deaths at once."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from cluster.errors import LabError
from drills.hosting.address import Address
from drills.hosting.kept_alive import TRIES, KeptAlive, Program

pytestmark = pytest.mark.unit

SERVER = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"
DIES = "import sys; sys.stderr.write('no card\\n'); sys.exit(4)"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def keep(tmp_path: Path, port: int) -> Iterator[Callable[..., KeptAlive]]:
    made, address = [], Address("127.0.0.1", port)

    def make(
        script: str,
        lost: Callable[[LabError], None] = lambda _: None,
        answers: Callable[[], bool] = address.answers,
        **more: float,
    ) -> KeptAlive:
        program = Program([sys.executable, "-c", script, str(port)], tmp_path, tmp_path / "page.log", "the page")
        made.append(KeptAlive(program, lost, answers, **more))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def _once(folder: Path) -> str:
    """What ends every life but the first."""
    return f"import pathlib, sys; f = pathlib.Path({str(folder / 'once')!r})\nif f.exists(): sys.exit(9)\nf.touch()\n"


def _is_well_in_its(kept: KeptAlive, life: int) -> bool:
    return kept.answered and kept.started == life


def _until(true: Callable[[], object], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_one_that_is_killed_is_started_again_on_the_same_port(keep: Callable[..., KeptAlive], port: int) -> None:
    kept = keep(SERVER, at_once_s=0.0)
    kept.start()
    before = kept.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    _until(lambda: kept.pid not in (None, before) and Address("127.0.0.1", port).answers())
    assert kept.started == 2
    kept.stop()
    assert kept.pid is None and not Address("127.0.0.1", port).answers()


def test_one_that_dies_at_once_is_given_up_with_what_it_said(keep: Callable[..., KeptAlive]) -> None:
    lost: list[LabError] = []
    kept = keep(DIES, lost.append)
    with pytest.raises(LabError, match=r"the page ended at once 3 times, with 4: no card\n  next: read .*page\.log"):
        kept.start()
    assert kept.started == TRIES and lost == []  # whoever started it has been told


def test_one_that_dies_at_once_later_on_is_told(keep: Callable[..., KeptAlive], tmp_path: Path) -> None:
    lost: list[LabError] = []
    kept = keep(_once(tmp_path) + SERVER, lost.append)
    kept.start()
    assert kept.pid is not None
    os.kill(kept.pid, signal.SIGKILL)
    _until(lambda: lost)
    assert lost == [kept.error] and "ended at once 3 times" in str(kept.error)


def test_a_long_life_between_short_ones_counts_anew(keep: Callable[..., KeptAlive]) -> None:
    kept = keep(SERVER, at_once_s=0.0)
    kept.start()
    for lives in range(1, TRIES + 2):
        pid = kept.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _until(partial(_is_well_in_its, kept, lives + 1))
    assert kept.error is None


def test_a_long_life_without_an_answer_was_none(keep: Callable[..., KeptAlive]) -> None:
    kept = keep(DIES, answers=lambda: False, at_once_s=0.0)
    with pytest.raises(LabError, match="ended at once 3 times"):
        kept.start()
    assert kept.started == TRIES


def test_what_another_life_answered_does_not_count(keep: Callable[..., KeptAlive], tmp_path: Path) -> None:
    lost: list[LabError] = []
    kept = keep(_once(tmp_path) + SERVER, lost.append, at_once_s=0.0)
    kept.start()
    assert kept.pid is not None
    os.kill(kept.pid, signal.SIGKILL)
    _until(lambda: lost)
    assert kept.started == 1 + TRIES and not kept.answered


def test_one_that_never_answers_is_ended(keep: Callable[..., KeptAlive]) -> None:
    kept = keep("import time; time.sleep(60)")
    with pytest.raises(LabError, match="the page does not answer"):
        kept.start(within_s=0.5)
    assert kept.pid is None


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    program = Program(["/no/such/program"], tmp_path, tmp_path / "log", "the page")
    kept = KeptAlive(program, lambda _: None, lambda: False)
    with pytest.raises(LabError, match="the page ended at once"):
        kept.start()


def test_one_that_ignores_a_kind_word_is_killed(
    keep: Callable[..., KeptAlive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drills.hosting.kept_alive._GRACE_S", 0.3)
    kept = keep("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVER)
    kept.start()
    kept.stop()
    assert kept.pid is None
