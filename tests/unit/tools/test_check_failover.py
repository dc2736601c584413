"""Only a known, small lag lets a failover through; everything else refuses it, with its reason."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tools.check_failover.cli import main
from tools.check_failover.heartbeat import Answer, Unknown
from tools.check_failover.judge import judge

pytestmark = pytest.mark.unit

NOW = 1_763_762_400.0


def program(folder: Path, script: str) -> str:
    """A program in psql's place that does what `script` says."""
    path = folder / "psql"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def checked(folder: Path, script: str, *more: str) -> int:
    return main(["--host", "postgres-1", "--max-lag", "5", "--psql", program(folder, script), *more])


@pytest.mark.parametrize("lag", [0.0, 0.4, 5.0, -0.9])
def test_a_replica_that_is_close_enough_may_be_promoted(lag: float) -> None:
    found = judge(Answer("t", f"{NOW - lag}", f"{NOW}"), 5, None)
    assert found.allowed and found.lag_s == pytest.approx(lag)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer("t", f"{NOW - 5.1}", f"{NOW}"), "it lacks the last 5.1 s"),
        (Answer("t", f"{NOW - 21600}", f"{NOW}"), "it lacks the last 21600.0 s"),
        (Answer("t", "", f"{NOW}"), "its heartbeat table is empty"),
        (Answer("t", "NaN", f"{NOW}"), "not a number"),
        (Answer("t", "-Infinity", f"{NOW}"), "not a number"),
        (Answer("t", "three", f"{NOW}"), "not a number"),
        (Answer("t", f"{NOW}", ""), "not a number"),
        (Answer("t", f"{NOW + 2}", f"{NOW}"), "in the future"),
        (Answer("f", f"{NOW}", f"{NOW}"), "it is no replica"),
        (Answer("", "", ""), "it is no replica"),
        (Unknown("the replica gave no answer"), "no answer"),
    ],
)
def test_what_is_not_known_or_too_much_refuses(answer: Answer | Unknown, reason: str) -> None:
    found = judge(answer, 5, None)
    assert not found.allowed and reason in found.reason


def test_time_since_the_primary_died_is_no_lag() -> None:
    whole = Answer("t", f"{NOW - 30}", f"{NOW}")
    assert not judge(whole, 5, None).allowed
    assert judge(whole, 5, last_seen=NOW - 29).allowed
    assert not judge(whole, 5, last_seen=NOW - 24).allowed


def test_the_answer_of_psql_leads_to_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, f"cat >/dev/null; echo 't|{NOW - 1}|{NOW}'") == 0
    assert "postgres-1 may be promoted" in capsys.readouterr().out
    assert checked(tmp_path, f"cat >/dev/null; echo 't|{NOW - 60}|{NOW}'", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["allowed"], said["lag_s"], said["max_lag_s"]) == (False, 60.0, 5.0)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'could not connect to server: Connection refused' >&2; exit 2", "Connection refused"),
        ("exit 3", "could not be asked"),
        ("cat >/dev/null", "cannot be read"),
        # what psql prints without -tA: the seed's check took this for "not greater"
        ("cat >/dev/null; printf ' date_part \\n-----------\\n     21600\\n(1 row)\\n'", "cannot be read"),
        ("exec sleep 30", "gave no answer"),
    ],
)
def test_a_replica_that_cannot_be_asked_is_not_promoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, reason: str
) -> None:
    assert checked(tmp_path, script, "--timeout", "0.5") == 1
    said = capsys.readouterr().out
    assert "MUST NOT be promoted" in said and reason in said


def test_a_query_that_fails_half_way_is_no_answer(tmp_path: Path) -> None:
    assert checked(tmp_path, f"cat >/dev/null; echo 't|{NOW}|{NOW}'; exit 1") == 1


def test_psql_is_asked_for_bare_values(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script = f"echo \"$@\" > {asked}; cat >> {asked}; echo 't|{NOW}|{NOW}'"
    assert checked(tmp_path, script, "--user", "postgres", "--dbname", "shop", "--table", "beat", "--column", "t") == 0
    said = asked.read_text(encoding="utf-8")
    assert "-tAXq" in said and "-U postgres -d shop" in said
    assert "relation=beat" in said and "moment=t" in said and 'max(:"moment")' in said


@pytest.mark.parametrize("wrong", [("--max-lag", "x"), ("--max-lag", "nan"), ("--max-lag", "-1"), ("--last-seen", "")])
def test_a_wrong_question_is_no_yes(tmp_path: Path, wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        checked(tmp_path, f"echo 't|{NOW}|{NOW}'", *wrong)
    assert ended.value.code == 2


def test_without_psql_nothing_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "postgres-1", "--max-lag", "5", "--psql", "no-such-program"]) == 2
    assert main(["--host", "postgres-1", "--max-lag", "5", "--timeout", "0"]) == 2
    assert "not on the PATH" in capsys.readouterr().err
