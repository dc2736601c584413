"""A change that is shown to a gate: from that moment on a page is the gate's failure."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import JsonValue

from experiments.actions import gate, gate_change, gate_tool
from experiments.play.recorder import Recorder
from experiments.play.session import Marks
from experiments.record.folder import RunFolder

pytestmark = pytest.mark.unit


def test_pages_count_from_the_moment_at_which_the_gate_is_shown_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path)
    session = SimpleNamespace(folder=folder, recorder=Recorder(folder), marks=Marks())
    monkeypatch.setattr(gate, "session_of", lambda configuration: session)
    monkeypatch.setattr(gate_change, "versions", lambda session, change: ["" for _ in change])
    monkeypatch.setattr(gate_tool, "run", lambda session, tool, arguments, within_s, hear: hear("refused\n") or 1)
    began = time.time()
    manifest: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert gate.submit("gate", ["{change}"], [{"namespace": "shop", "manifest": manifest}], {}) == 1
    injected = session.marks.injected
    assert injected is not None and began <= injected <= time.time()
    told = {event.what: event for event in folder.events()}
    assert told["inject"].at <= told["step"].at
    assert told["inject"].detail["fault"] is False
    assert (told["step"].detail["output"], told["step"].detail["changed"]) == ("refused\n", [])
