"""The kill matrix on record, and its table."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from reports import kills
from reports.kills import Kill

pytestmark = pytest.mark.unit


def kill(**change: object) -> Kill:
    whole: dict[str, object] = {
        "time": 1.0,
        "fault": "kill-node",
        "phase": "fault",
        "signals": ("SIGKILL",),
        "hit": "fault",
        "exit_code": -9,
        "verdict": "",
        "report": False,
        "reverted_s": None,
        "healed_by": "heal",
        "healed_s": 10.0,
        "differences": (),
        "wrong": (),
    }
    return Kill.model_validate(whole | change)


def test_what_is_appended_is_read_and_a_cut_line_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "kills.jsonl"
    assert list(kills.kills(path)) == []
    kills.append(kill(), path)
    with path.open("a") as file:
        file.write('{"time": 2\n')
    kills.append(kill(phase="bites"), path)
    assert [one.phase for one in kills.kills(path)] == ["fault", "bites"]


def test_the_newest_kill_of_a_cell_counts() -> None:
    left = kill(time=1.0, differences=("a is new",), wrong=("a is new",))
    again = kill(time=2.0, healed_s=12.0, reverted_s=3.0)
    (row,) = kills.table([left, again, kill(phase="bites", healed_s=5.0)])
    assert (row.kills, row.survived, row.differences, row.slowest_s, row.reverted_s) == (2, 2, 0, 12.0, 3.0)


def test_what_was_wrong_is_named_with_its_phase() -> None:
    rows = kills.table([kill(wrong=("exit 1, not 130",)), kill(phase="undo", signals=("SIGINT", "SIGINT"))])
    assert [row.signals for row in rows] == [("SIGINT", "SIGINT"), ("SIGKILL",)]
    assert (rows[1].survived, rows[1].wrong) == (0, ("fault: exit 1, not 130",))
    out = io.StringIO()
    Console(file=out, width=160).print(kills.render(rows))
    assert "1/2" in out.getvalue() and "fault: exit 1, not 130" in out.getvalue()
