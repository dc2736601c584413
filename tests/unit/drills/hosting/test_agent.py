"""A program that plays: what it is given, what is kept of it, and who ends whom."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.errors import UsageError
from drills.hosting.agent import LOG, Agent, Plays
from experiments.record.drill import FOLDER, Move, Said
from experiments.record.folder import RunFolder
from experiments.record.writing import append_line

pytestmark = pytest.mark.unit

SLEEPS = "import time; print('begun', flush=True); time.sleep(60)"


class Drill:
    """A run folder, and whether an agent gave up."""

    def __init__(self, path: Path) -> None:
        self.folder = RunFolder(path)
        self.given_up: list[str] = []
        self._count = 0

    def say(self, what: str, of: str = "") -> None:
        self._count += 1
        said = Said.model_validate({"id": f"s{self._count}", "at": time.time(), "what": what, "of": of})
        append_line(self.folder.path / FOLDER / "desk.jsonl", said.model_dump_json().encode())

    def declare(self) -> None:
        move = Move(id="m1", at=time.time(), by="robot", role="trainee", what="declare")
        append_line(self.folder.path / FOLDER / "moves.jsonl", move.model_dump_json().encode())

    def agent(self, script: str) -> Agent:
        command = shlex.join([sys.executable, "-c", script])
        plays = Plays(command, "http://127.0.0.1:8700/", ["firedrill", "shell", "-c"], 1800.0)
        return Agent(plays, self.folder, self.given_up.append)

    @property
    def log(self) -> str:
        path = self.folder.path / FOLDER / LOG
        return path.read_text() if path.is_file() else ""


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    return Drill(tmp_path / "run")


def _until(true: Callable[[], object], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_it_is_called_when_the_page_comes_and_told_where_to_play(drill: Drill) -> None:
    agent = drill.agent("import os; print({k: v for k, v in os.environ.items() if k.startswith('FIREDRILL_')})")
    agent.start()
    drill.say("waiting")
    time.sleep(0.7)
    assert drill.log == ""
    drill.say("paged")
    _until(lambda: drill.given_up)
    agent.stop()
    told = {"FIREDRILL_PAGE": "http://127.0.0.1:8700/", "FIREDRILL_LIMIT": "1800"}
    for name, value in {**told, "FIREDRILL_SHELL": "firedrill shell -c"}.items():
        assert f"'{name}': '{value}'" in drill.log


def test_what_it_prints_is_kept_without_secrets(drill: Drill) -> None:
    drill.folder.redaction.learn(["Tr0ub4dor-and-3"])
    drill.say("paged")
    agent = drill.agent("import sys; print('it is Tr0ub4dor-and-3'); print('oh', file=sys.stderr); sys.exit(7)")
    agent.start()
    _until(lambda: drill.given_up)
    agent.stop()
    assert "it is [redacted]\n" in drill.log and "oh\n" in drill.log and "Tr0ub4dor" not in drill.log
    assert drill.given_up == ["the program ended with 7"]


def test_it_is_ended_with_the_drill_and_with_what_it_started(drill: Drill, tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = f"import subprocess; p = subprocess.Popen(['sleep', '60']); open({str(child)!r}, 'w').write(str(p.pid))"
    drill.say("paged")
    agent = drill.agent(f"{script}; {SLEEPS}")
    agent.start()
    _until(lambda: "begun" in drill.log)
    drill.say("accepted")
    drill.say("ended")
    _until(lambda: not _lives(int(child.read_text())))
    agent.stop()
    assert drill.given_up == []


def test_it_is_ended_by_whoever_started_it(drill: Drill) -> None:
    drill.say("paged")
    agent = drill.agent(SLEEPS)
    agent.start()
    _until(lambda: "begun" in drill.log)
    agent.stop()
    assert drill.given_up == []


def test_one_that_declares_and_leaves_is_waited_for(drill: Drill) -> None:
    drill.say("paged")
    drill.declare()
    agent = drill.agent("print('declared')")
    agent.start()
    _until(lambda: "declared" in drill.log)
    time.sleep(1.0)
    assert drill.given_up == []
    drill.say("refused", of="m1")
    _until(lambda: drill.given_up)
    agent.stop()


def test_no_page_no_program(drill: Drill) -> None:
    agent = drill.agent("print('called')")
    agent.start()
    drill.say("ended")
    time.sleep(0.7)
    agent.stop()
    assert (drill.log, drill.given_up) == ("", [])


def test_a_program_that_is_not_there_gives_up(drill: Drill) -> None:
    drill.say("paged")
    agent = Agent(Plays("/no/such/program", "", [], 60.0), drill.folder, drill.given_up.append)
    agent.start()
    _until(lambda: drill.given_up)
    agent.stop()
    assert drill.given_up == ["the program could not be started: No such file or directory"]


@pytest.mark.parametrize("command", ["", "  ", "play 'it"])
def test_what_is_no_command_line_is_refused(command: str) -> None:
    with pytest.raises(UsageError, match="--agent"):
        _ = Plays(command, "", [], 60.0).argv


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
