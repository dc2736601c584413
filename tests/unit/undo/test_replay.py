"""Undos as they are carried out: with the arguments that were promised, newest first, one failing stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import JsonValue

from experiments.compile.activities import undo
from experiments.undo.journal import UndoJournal
from experiments.undo.replay import replay

pytestmark = pytest.mark.unit

CARRIED_OUT: list[str] = []


def carry_out(text: str) -> None:
    """An undo."""
    if text == "fails":
        raise ValueError(text)
    CARRIED_OUT.append(text)


@pytest.mark.parametrize("configuration", [{}, {"firedrill_run": "somewhere"}])
def test_an_undo_gets_what_was_promised(tmp_path: Path, configuration: dict[str, JsonValue]) -> None:
    CARRIED_OUT.clear()
    journal = UndoJournal(tmp_path / "run.jsonl")
    for text in ("costs $5, not ${firedrill_run}", "fails", "the newest"):
        journal.promise(undo(text, __name__, "carry_out", text=text))
    replayed = replay(journal, configuration)
    assert CARRIED_OUT == ["the newest", "costs $5, not ${firedrill_run}"]
    assert [one.split(":")[0] for one in replayed.failed] == ["fails"]
    assert [promise.title for promise in journal.owed()] == ["fails"]
