"""What is written of the trainee's commands, and what never is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.errors import LabError, NotWritten
from drills.shell.commands import INTERRUPTED, LONGEST, NAME, Commands
from drills.shell.marks import Mark
from drills.shell.secrets import Learner
from experiments.record.drill import FOLDER, Command
from experiments.record.redaction import REDACTED, Redaction

pytestmark = pytest.mark.unit

SECRET = "Tr0ub4dor-and-3"


def _recorded(run: Path) -> list[Command]:
    lines = (run / FOLDER / NAME).read_text(encoding="utf-8").splitlines()
    return [Command.model_validate_json(line) for line in lines]


def _commands(run: Path, learn: Callable[[], bool] = lambda: True, redaction: Redaction | None = None) -> Commands:
    commands = Commands(run, redaction or Redaction(), learn)
    commands.start()
    return commands


def test_a_command_has_its_moment_exit_code_and_duration(tmp_path: Path) -> None:
    commands = _commands(tmp_path)
    commands.heard(Mark("end"), 99.0)  # the first prompt
    commands.heard(Mark("begin", text="kubectl get pods"), 100.0)
    commands.heard(Mark("end", exit_code=1), 102.5)
    commands.heard(Mark("end", exit_code=1), 103.0)  # an empty line
    commands.close(104.0)
    assert _recorded(tmp_path) == [Command(at=100.0, command="kubectl get pods", exit_code=1, took_s=2.5)]


@pytest.mark.parametrize(("text", "code"), [("exit 3", 3), ("kubectl logs -f deploy/shop", 137)])
def test_what_ran_when_the_shell_ended_is_written_too(tmp_path: Path, text: str, code: int) -> None:
    commands = _commands(tmp_path)
    commands.heard(Mark("begin", text=text), 100.0)
    commands.close(101.0, code)
    assert _recorded(tmp_path) == [Command(at=100.0, command=text, exit_code=code, took_s=1.0)]


def test_secrets_are_taken_out_before_a_command_is_written(tmp_path: Path) -> None:
    redaction = Redaction()

    def learn() -> bool:
        redaction.learn([SECRET])
        return True

    commands = _commands(tmp_path, learn, redaction)
    commands.ended(f"redis-cli -h cache EVAL 'return \"{SECRET}\"' 0", 1.0, 2.0, 0)
    commands.ended("PGPASSWORD=hunter2hunter psql -h db", 3.0, 4.0, 0)
    commands.ended("x" * (LONGEST - 6) + SECRET, 5.0, 6.0, 0)
    commands.close(7.0)
    text = (tmp_path / FOLDER / NAME).read_text(encoding="utf-8")
    assert REDACTED in text and "psql -h db" in text
    for leaked in (SECRET, SECRET[:6], "hunter2"):
        assert leaked not in text


def test_where_secrets_cannot_be_known_the_words_are_left_out(tmp_path: Path) -> None:
    commands = _commands(tmp_path, lambda: False)
    commands.ended("echo something", 1.0, 2.0, 5)
    commands.close(3.0)
    assert _recorded(tmp_path) == [Command(at=1.0, command=REDACTED, exit_code=5, took_s=1.0)]


def test_two_shells_write_whole_lines(tmp_path: Path) -> None:
    shells = [_commands(tmp_path) for _ in range(4)]

    def type_(shell: Commands) -> None:
        for n in range(25):
            shell.ended(f"echo {n} " + "x" * 500, float(n), n + 1.0, 0)

    typing = [threading.Thread(target=type_, args=(shell,)) for shell in shells]
    for thread in typing:
        thread.start()
    for thread in typing:
        thread.join()
    for shell in shells:
        shell.close(99.0, INTERRUPTED)
    assert len(_recorded(tmp_path)) == 100


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    commands = _commands(tmp_path)
    commands.ended("ls", 1.0, 2.0, 0)
    with pytest.raises(NotWritten, match=NAME):
        commands.close(3.0)


def test_what_was_learnt_once_is_redacted_when_nobody_answers_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("drills.shell.secrets.time.monotonic", lambda: now[0])
    answers: list[list[str] | None] = [None, [SECRET], None, ["another-S3cret"]]
    asked = iter(answers)

    def ask() -> list[str | bytes]:
        found = next(asked)
        if found is None:
            raise LabError("nobody answers")
        return [*found]

    redaction = Redaction()
    learner = Learner(ask, redaction)
    seen = []
    for moment in (0.0, 20.0, 21.0, 40.0, 60.0):
        now[0] = moment
        seen.append((learner.learn(), redaction.text(SECRET) == REDACTED, redaction.text("another-S3cret") == REDACTED))
    assert seen == [
        (False, False, False),
        (True, True, False),
        (True, True, False),  # not asked again after a second
        (True, True, False),
        (True, True, True),
    ]
