"""`firedrill play` and `drills`: what is refused before anything is touched, how past drills are shown, and what goes
along with a drill. Nothing is played here.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from cluster.errors import Interrupted, LabBusy, LabError, UsageError
from cluster.lab import Lab
from drills.debrief import conclude_drill
from drills.hosting.address import Address
from experiments.play.lock import Lock
from experiments.record.drill import FOLDER
from experiments.record.folder import RunFolder
from experiments.record.writing import append_line, write_text
from firedrill.cli import drill_commands, drilling, past_drills
from firedrill.cli.console import out
from firedrill.companions import Companions
from tests.unit.drills import sample_drill

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object) -> None:
        raise AssertionError("the lab was touched")

    monkeypatch.setattr(drilling, "ensure_up", touched)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "cache-stamped"}, "no scenario 'cache-stamped'; the nearest: cache-stampede(.|\n)*firedrill list"),
        ({"name": "cache-stampede", "level": 2}, "--level chooses among scenarios"),
        ({"name": "random", "level": 7}, "There is no level 7"),
        ({"name": "cache-stampede", "limit": "soon"}, "--limit 'soon' is no duration"),
        ({"name": "cache-stampede", "player": "../x"}, "is no pseudonym"),
        ({"name": "cache-stampede", "agent": "play 'it"}, "--agent"),
        ({"name": "cache-stampede", "host": "192.0.2.1"}, "is no address of this machine"),
    ],
    ids=["name", "level", "no level", "limit", "player", "agent", "host"],
)
def test_what_cannot_be_played_is_refused_with_what_can(typed: dict[str, object], said: str, port: int) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        drill_commands.play(**{"port": port, **typed})  # type: ignore[arg-type]
    assert refused.value.exit_code == 2 and refused.value.next_step


def test_a_port_in_use_is_refused_with_another() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UsageError, match=f"--port {taken.getsockname()[1] + 1}"),
    ):
        drill_commands.play("cache-stampede", port=taken.getsockname()[1])


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two drills of heron and one of wren; the folder of all runs."""
    runs = tmp_path / "reports" / "runs"
    for name, player in (("20261120-090000-drill", "heron"), ("20261121-090000-drill", "heron"), ("w", "wren")):
        card = sample_drill.card(player=player, run_id=name)
        run = sample_drill.write(tmp_path / "reports", name=name, card_file=card)
        conclude_drill(RunFolder(run))
    monkeypatch.setattr(past_drills, "RUNS", runs)
    monkeypatch.setattr(Lab, "of_checkout", lambda: Lab("demo", tmp_path, tmp_path / "cache"))
    return runs


def test_past_drills_are_listed_and_shown(past: Path) -> None:
    with out.capture() as said:
        drill_commands.list_("heron")
    assert said.get().count("heron") == 2 and "wren" not in said.get()
    with out.capture() as said:
        drill_commands.show("w")
    assert "score " in said.get() and "Acknowledge" in said.get() and "report " in said.get()
    for strange in ("../w", "never-was", ""):
        with pytest.raises(UsageError, match="There is no drill"):
            drill_commands.show(strange)


def test_deleting_takes_those_that_are_named_and_no_others(past: Path) -> None:
    day = past.parent / "gamedays" / "a-day"
    write_text(day / "day.json", "{}")
    append_line(day / "day.jsonl", b'{"at": 1, "what": "run", "run": "w"}')
    drill_commands.delete(["w"])
    assert not (past / "w").exists()
    assert not day.exists(), "nothing else was played on it"
    drill_commands.delete(player="heron")
    assert [path.name for path in past.iterdir() if (path / FOLDER).exists()] == []
    with out.capture() as said:
        drill_commands.delete(every=True)
    assert "No drill is on record" in said.get()


@pytest.mark.parametrize("given", [{}, {"runs": ["w"], "every": True}, {"player": "heron", "every": True}])
def test_deleting_wants_to_know_which(past: Path, given: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="Say which drills"):
        drill_commands.delete(**given)  # type: ignore[arg-type]
    assert (past / "w").exists()


def test_nothing_is_deleted_while_something_is_played(past: Path) -> None:
    lock = Lock(Lab.of_checkout())
    lock.take("a run", past)
    with pytest.raises(LabBusy):
        drill_commands.delete(["w"])
    lock.release()
    assert (past / "w").exists()


def test_the_page_is_up_while_a_drill_is_played_and_comes_back_where_it_was(tmp_path: Path, port: int) -> None:
    run = RunFolder(sample_drill.write(tmp_path))
    address = Address("127.0.0.1", port)
    companions = Companions(Lab.of_checkout(), address, None, 60.0)
    shown: list[str] = []

    def play(opened: object) -> str:
        assert callable(opened)
        opened(run)
        page = companions.page
        assert page is not None and address.answers() and page.pid is not None
        before = page.pid
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while page.pid in (None, before) or not address.answers():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return "played"

    try:
        assert companions.around(play, lambda page: shown.append(page.link)) == "played"
        assert address.answers()
    finally:
        companions.close()
    assert shown == [f"http://127.0.0.1:{port}/"] and not address.answers()


def test_a_page_that_cannot_be_had_ends_the_drill_before_it_begins(tmp_path: Path, port: int) -> None:
    companions = Companions(Lab.of_checkout(), Address("127.0.0.1", port), None, 60.0)
    run = RunFolder(sample_drill.write(tmp_path))
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(LabError, match="the drill's page ended at once 3 times"),
    ):
        companions.around(lambda opened: opened(run), lambda _: None)
    companions.close()


def test_a_page_that_is_lost_ends_the_drill(tmp_path: Path, port: int) -> None:
    companions = Companions(Lab.of_checkout(), Address("127.0.0.1", port), None, 60.0)

    def play(_: object) -> None:
        try:
            companions.page_lost(LabError("the page is lost"))
            time.sleep(20)
        except KeyboardInterrupt as error:
            raise Interrupted("stopped") from error

    with pytest.raises(LabError, match="the page is lost"):
        companions.around(play, lambda _: None)


def test_a_program_plays_over_the_page_and_gives_up_when_it_ends(tmp_path: Path, port: int) -> None:
    desk = [sample_drill.said(-20, "waiting"), sample_drill.said(0, "paged")]
    run = RunFolder(sample_drill.write(tmp_path, desk=desk, moves=[], looks=[]))
    program = f"{sys.executable} -c \"import os; print(os.environ['FIREDRILL_PAGE'])\""
    companions = Companions(Lab.of_checkout(), Address("127.0.0.1", port), program, 60.0)
    moves = run.path / FOLDER / "moves.jsonl"

    def play(opened: object) -> str:
        assert callable(opened)
        opened(run)
        deadline = time.monotonic() + 20
        while not (moves.is_file() and "give-up" in moves.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return moves.read_text()

    try:
        made = companions.around(play, lambda _: None)
    finally:
        companions.close()
    assert "the program ended with 0" in made
    assert (run.path / FOLDER / "agent.log").read_text() == f"http://127.0.0.1:{port}/\n"
