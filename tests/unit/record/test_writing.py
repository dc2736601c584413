"""A disk that takes no more: what was there stays, nothing stands there in part, and the error says where."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from cluster.errors import NotWritten
from experiments.play.recorder import Recorder
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase
from experiments.record.writing import append_line, write_text
from experiments.undo.journal import UndoJournal
from experiments.undo.replay import replay

pytestmark = pytest.mark.unit

NOTHING: dict[str, JsonValue] = {"type": "python", "module": "posixpath", "func": "basename", "arguments": {"p": "x"}}


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """The kernel takes no more than `size` bytes in any file of this process, and cuts what goes over it."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_that_does_not_fit_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    write_text(path, "before")
    with (
        files_up_to(100),
        pytest.raises(NotWritten, match=r"verdict\.json could not be written: File too large") as said,
    ):
        write_text(path, "x" * 200)
    assert said.value.exit_code == 3 and "make room" in said.value.next_step
    assert [one.name for one in tmp_path.iterdir()] == ["verdict.json"]
    assert path.read_text() == "before"


def test_a_line_that_does_not_fit_is_not_there_in_part(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, b"first")
    with files_up_to(10), pytest.raises(NotWritten):
        append_line(path, b"second")
    assert path.read_bytes() == b"first\n"
    append_line(path, b"third")
    assert path.read_bytes() == b"first\nthird\n"


def test_an_undo_that_does_not_fit_was_not_promised(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise({"name": "first", "type": "action", "provider": NOTHING})
    with files_up_to(journal.path.stat().st_size + 20), pytest.raises(NotWritten):
        journal.promise({"name": "second", "type": "action", "provider": NOTHING})
    assert [promise.title for promise in journal.owed()] == ["first"]


def test_an_undo_runs_where_nothing_can_be_noted(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    for name in ("first", "second"):
        journal.promise({"name": name, "type": "action", "provider": NOTHING})
    with files_up_to(journal.path.stat().st_size):
        assert replay(journal, {}).undone == ["second", "first"]
    assert not journal.path.exists()


def test_only_the_owner_reads_the_undo_journal(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "run.jsonl")
    journal.promise({"name": "first", "type": "action", "provider": NOTHING})
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_an_event_stops_the_run_before_the_undo_and_nothing_after_it(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    recorder = Recorder(folder)
    recorder.enter(Phase.FAULT)
    with files_up_to(folder.timeline.stat().st_size + 10):
        with pytest.raises(NotWritten):
            recorder.event("note", "breaks nothing")
        recorder.event("error", "the disk is full")
        recorder.enter(Phase.UNDO)
        recorder.event("undo", "restored", held=True)
    recorder.enter(Phase.CLEANUP)
    titles = [event.title for event in folder.events()]
    assert titles == ["fault", "breaks nothing", "the disk is full", "fault", "undo", "restored", "undo", "cleanup"]
