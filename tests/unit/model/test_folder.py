"""A run folder gives back what was written into it, whatever stands in a title."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.record.files import Event
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase

pytestmark = pytest.mark.unit


def test_events_survive_separators_that_unicode_calls_line_ends(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    titles = ["one\u2028two", "three\u0085four", "five"]
    for title in titles:
        folder.append(Event(at=1.0, what="note", phase=Phase.FAULT, title=title))
    assert [event.title for event in folder.events()] == titles


def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.append(Event(at=1.0, what="note", phase=Phase.FAULT, title="whole"))
    with folder.timeline.open("a", encoding="utf-8") as handle:
        handle.write('{"at": 2.0, "what"')
    assert [event.title for event in folder.events()] == ["whole"]
