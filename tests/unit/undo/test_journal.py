"""The undo journal: on disk first, newest first, one failing never stops the rest, a kill loses nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from experiments.undo.journal import Activity, UndoJournal
from experiments.undo.replay import replay

pytestmark = pytest.mark.unit


def _append(path: Path, text: str) -> Activity:
    code = f"open({str(path)!r}, 'a').write({text!r})"
    return {
        "name": f"append {text}",
        "type": "action",
        "provider": {
            "type": "python",
            "module": "subprocess",
            "func": "check_call",
            "arguments": {"args": [sys.executable, "-c", code]},
        },
    }


def _failing() -> Activity:
    return {
        "name": "fail",
        "type": "action",
        "provider": {"type": "python", "module": "os", "func": "rmdir", "arguments": {"path": "/does/not/exist"}},
    }


def test_a_promise_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "undo" / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    assert [p.title for p in UndoJournal(journal.path).owed()] == ["append 1"]


def test_undos_run_newest_first_and_the_journal_is_forgotten(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    for n in "123":
        journal.promise(_append(tmp_path / "out", n))
    result = replay(journal, {})
    assert (tmp_path / "out").read_text() == "321"
    assert result.undone == ["append 3", "append 2", "append 1"]
    assert not journal.path.exists()


def test_one_failing_never_stops_the_rest_and_stays_owed(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    journal.promise(_failing())
    journal.promise(_append(tmp_path / "out", "3"))
    result = replay(journal, {})
    assert (tmp_path / "out").read_text() == "31"
    assert len(result.failed) == 1
    assert "fail" in result.failed[0]
    assert "No such file" in result.failed[0]
    assert [p.title for p in journal.owed()] == ["fail"]


def test_an_undo_whose_code_is_gone_is_a_failure_not_a_crash(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    gone = _failing()
    gone["provider"] = {"type": "python", "module": "experiments.no_such_module", "func": "f", "arguments": {}}
    journal.promise(gone)
    assert len(replay(journal, {}).failed) == 1
    assert (tmp_path / "out").read_text() == "1"


def test_a_line_cut_short_by_a_kill_is_no_promise_and_harms_no_later_one(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    with journal.path.open("a") as handle:
        handle.write('{"n": 2, "undo": {"name": "cut')
    assert [p.n for p in journal.owed()] == [1]
    journal.promise(_append(tmp_path / "out", "2"))
    assert [p.title for p in journal.owed()] == ["append 2", "append 1"]


def test_a_process_killed_between_write_and_mutation_still_owes_its_undo(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from experiments.undo.journal import UndoJournal\n"
        f"UndoJournal(Path({str(path)!r})).promise({_append(tmp_path / 'out', 'undone')!r})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert replay(UndoJournal(path), {}).undone == ["append undone"]
    assert (tmp_path / "out").read_text() == "undone"


def test_a_replay_cut_short_does_not_repeat_what_was_done(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    done = journal.promise(_append(tmp_path / "out", "2"))
    journal.kept(done)
    replay(journal, {})
    assert (tmp_path / "out").read_text() == "1"


def test_a_sealed_journal_owes_what_it_owed_and_nothing_more(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise(_append(tmp_path / "out", "1"))
    journal.seal()
    assert journal.promise(_append(tmp_path / "out", "2")) == 0
    assert replay(journal, {}).undone == ["append 1"]
    assert (tmp_path / "out").read_text() == "1"


def test_promises_made_side_by_side_are_told_apart(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: journal.promise(_append(tmp_path / "out", str(n))), range(40)))
    assert sorted(numbers) == list(range(1, 41))
