"""A run folder gives back what was written into it, whatever stands in a title."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import NotRead
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


def test_a_damaged_line_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with folder.timeline.open("a", encoding="utf-8") as handle:
        handle.write('{"at": 2.0, "what"\n')
    folder.append(Event(at=1.0, what="note", phase=Phase.FAULT, title="whole"))
    with pytest.raises(NotRead, match=r"timeline\.jsonl:1 is damaged or cut short"):
        folder.events()
