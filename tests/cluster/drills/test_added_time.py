"""What a drill adds to the incident's own time: the same scenario, once as a run, once mended by a script at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.play.folder import runs
from experiments.record.files import VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import NAME, PACK, playing
from tests.cluster.stranger import firedrill

pytestmark = pytest.mark.nightly

ADDED_S = 10.0


def test_a_drill_adds_at_most_ten_seconds(lab: Lab, handle: Handle, tmp_path: Path) -> None:
    incident = _incident(lab)
    drill = _drill(lab, handle, tmp_path)
    print(f"\n{_told(incident)}\n{_told(drill)}")  # noqa: T201
    added = drill.overhead_s - incident.overhead_s
    assert added <= ADDED_S, f"{added:.1f} s more:\n{_told(incident)}\n{_told(drill)}"


def _incident(lab: Lab) -> VerdictFile:
    """The run in which the lab follows the runbook."""
    before = {*runs(lab).glob("*")}
    ended = firedrill(lab, "run", NAME, "--pack", str(PACK))
    assert ended.exit_code == 0, ended.said
    (run,) = {*runs(lab).glob(f"*-{NAME}-{RunKind.INCIDENT}")} - before
    return RunFolder(run).read("verdict.json", VerdictFile)


def _drill(lab: Lab, handle: Handle, folder: Path) -> VerdictFile:
    """The drill in which a script does what the runbook says, and says that it is fixed."""
    blocks = ScenarioFolder(PACK / NAME.replace("-", "_")).runbook.blocks
    with playing(lab, folder) as drill:
        assert drill.paged
        drill.move("acknowledge")
        for block in blocks:
            assert (block.expect or "") in drill.shell(block.script), block
        answer = drill.declare()
        assert answer.what == "accepted", f"{answer.reasons}\n{drill.state()}"
        assert drill.ends() == 0, drill.state()
        verdict = drill.verdict()
        assert verdict.verdict is Verdict.PASSED, [one for one in verdict.checks if not one.held]
        assert left(handle, drill) == []
        return verdict


def _told(verdict: VerdictFile) -> str:
    """Where a run's time went; of each phase what is above its floor."""
    above = ", ".join(f"{one.phase} {one.actual_s - one.floor_s:.1f}" for one in verdict.phases)
    own = f"{verdict.wall_s:.1f} s, of which {verdict.floor_s:.1f} s had to be"
    return f"{verdict.kind}: {verdict.overhead_s:.1f} s added to its own time ({own}): {above}"
