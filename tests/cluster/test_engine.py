"""The engine on the real cluster with the smallest incident: played, interrupted, kept, healed, exported."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.errors import LabBusy
from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile.export import export
from experiments.judge import judge
from experiments.play.folder import runs
from experiments.play.runner import play, run
from experiments.play.source import load
from experiments.record.kinds import RunKind, Verdict, proved
from experiments.undo import namespaces
from experiments.undo.heal import heal
from tests.cluster.apart import play_apart, reaches

pytestmark = pytest.mark.cluster

PACK = Path(__file__).with_name("engine_pack")
TINY = ScenarioFolder(PACK / "tiny_outage")


@pytest.mark.parametrize("kind", proved(1))
def test_a_run_passes_and_leaves_nothing(lab: Lab, handle: Handle, kind: RunKind) -> None:
    verdict = judge(run(lab, TINY, kind))
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]
    assert namespaces.of_runs(handle) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_undoes_and_the_run_says_so(lab: Lab, handle: Handle, number: signal.Signals) -> None:
    before = set(runs(lab).glob("*"))
    playing = play_apart(lab, TINY)
    folder = reaches(lab, TINY, before, "inject")
    playing.send_signal(number)
    time.sleep(0.5)
    playing.send_signal(number)  # the undo is not disturbed by a second one
    playing.wait(timeout=120)
    assert judge(folder).verdict is Verdict.INTERRUPTED
    assert namespaces.of_runs(handle) == []


def test_a_second_run_is_refused_and_a_killed_one_is_healed(lab: Lab, handle: Handle) -> None:
    before = set(runs(lab).glob("*"))
    playing = play_apart(lab, TINY)
    folder = reaches(lab, TINY, before, "inject")
    with pytest.raises(LabBusy, match=folder.path.name):
        run(lab, TINY, RunKind.INCIDENT)
    playing.kill()
    playing.wait()
    healed = heal(lab)
    assert healed.whole, healed
    assert "tiny" in healed.removed
    assert namespaces.of_runs(handle) == []


def test_a_kept_run_stands_until_heal(lab: Lab, handle: Handle) -> None:
    unguarded = replace(load(lab, TINY, RunKind.PREVENTION), system="system")
    assert judge(play(lab, unguarded, keep=True)).verdict is Verdict.NOT_PREVENTED
    assert "tiny" in namespaces.of_runs(handle)
    with pytest.raises(LabBusy, match="kept"):
        run(lab, TINY, RunKind.INCIDENT)
    assert heal(lab).whole
    assert namespaces.of_runs(handle) == []


def test_a_stock_chaos_run_plays_the_exported_file_from_another_folder(lab: Lab, tmp_path: Path) -> None:
    export(lab, TINY, RunKind.INCIDENT, tmp_path / "tiny.json")
    chaos = Path(sys.executable).with_name("chaos")
    subprocess.run([chaos, "--no-version-check", "run", "tiny.json"], cwd=tmp_path, check=True, timeout=240)
    journal = json.loads((tmp_path / "journal.json").read_text(encoding="utf-8"))
    assert (journal["status"], journal["deviated"]) == ("completed", False)
