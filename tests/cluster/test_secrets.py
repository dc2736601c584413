"""A run full of secrets, printed in every form: nothing that it writes has one in it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile.export import export
from experiments.record.kinds import RunKind, Verdict
from experiments.record.redaction.forms import forms
from firedrill.runs import play

pytestmark = pytest.mark.cluster

CANARY = ScenarioFolder(Path(__file__).with_name("engine_pack") / "canary")
MARK = b"cnry"
"""What every secret of the scenario begins with; in base64 it is looked for with the letter that follows most."""


def _leaks(path: Path) -> list[str]:
    data = path.read_bytes()
    marks = {form for begin in (MARK + b"-", MARK + b' "') for form in forms(begin)} | {MARK}
    found = [f"{path}: {mark!r}" for mark in marks if mark in data]
    return found + [f"{path}: {name}" for name, shape in SHAPES.items() if shape.search(data)]


SHAPES = {
    "a token": re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.eyJ"),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY"),
}


def _state(lab: Lab) -> Iterator[Path]:
    """What the lab keeps on disk besides programs and its own access."""
    for path in lab.state.rglob("*"):
        if path.is_file() and lab.binaries not in path.parents and path != lab.kubeconfig:
            yield path


def test_nothing_that_a_run_writes_has_a_secret_in_it(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    finished = play(lab, CANARY, RunKind.INCIDENT)
    assert finished.verdict.verdict is Verdict.PASSED, [c for c in finished.verdict.checks if not c.held]
    printed = capfd.readouterr()
    console = finished.folder / "console"
    console.write_text(printed.out + printed.err)
    written = [path for path in finished.folder.rglob("*") if path.is_file()]
    history = lab.root / "reports" / "history.jsonl"
    assert [leak for path in [*written, history, *_state(lab)] for leak in _leaks(path)] == []
    outputs = [path.read_text() for path in sorted((finished.folder / "runbook").glob("*.out"))]
    assert all(text.count("[redacted]") >= 3 for text in outputs[:3])
    assert "replicas: 0" in outputs[0] and "a warning" in outputs[1]  # the rest is there
    notified = (finished.folder / "notifications.json").read_text()
    assert "https://oncall:[redacted]@grafana.example" in notified


def test_nor_has_what_a_stock_chaos_run_writes(lab: Lab, tmp_path: Path) -> None:
    export(lab, CANARY, RunKind.INCIDENT, tmp_path / "canary.json")
    chaos = str(Path(sys.executable).with_name("chaos"))
    command = [chaos, "--verbose", "--no-version-check", "run", "canary.json"]
    played = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=240)
    (tmp_path / "console").write_bytes(played.stdout + played.stderr)
    (tmp_path / "canary.json").unlink()
    assert {path.name for path in tmp_path.iterdir()} == {"console", "journal.json", "chaostoolkit.log"}
    assert [leak for path in tmp_path.iterdir() for leak in _leaks(path)] == []


def test_the_search_finds_what_a_leak_would_look_like(tmp_path: Path) -> None:
    for n, leak in enumerate((b"x cnry-1", b"dXNlcjpjbnJ5LXNlY3JldA==", b"Y25yeS1zZWNyZXQ", b"-----BEGIN PRIVATE KEY")):
        (tmp_path / str(n)).write_bytes(leak)
        assert _leaks(tmp_path / str(n)), leak
