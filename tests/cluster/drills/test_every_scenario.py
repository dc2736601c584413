"""Every scenario of the checkout is a drill: whoever follows its runbook in the shell is accepted by the judge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import Catalogue, ScenarioFolder
from experiments.compile import timing
from experiments.record.drill import FOLDER, CardFile
from experiments.record.files import RunbookBlock
from experiments.record.folder import RunFolder
from experiments.record.kinds import Verdict
from tests.cluster.drills.afterwards import left
from tests.cluster.drills.playing import JUDGED_WITHIN_S, Playing, playing

pytestmark = pytest.mark.nightly

FOLDERS = Catalogue.of_checkout(Path(__file__).resolve().parents[3]).folders()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_who_follows_the_runbook_is_accepted(lab: Lab, handle: Handle, tmp_path: Path, folder: ScenarioFolder) -> None:
    with playing(lab, tmp_path, name=folder.name, limit="20m") as drill:
        assert drill.paged
        drill.move("acknowledge")
        card = RunFolder(drill.run).read(f"{FOLDER}/card.json", CardFile)
        (true,) = [cause for cause in card.causes if cause.true]
        drill.move("diagnosis", str(true.id))
        for block in folder.runbook.blocks:
            # The page may come before the last of the evidence, which is there by the onset.
            _follow(drill, block, timing.SLACK_S + folder.scenario.onset)
        answer = drill.declare(within_s=JUDGED_WITHIN_S + (folder.scenario.recurs or 0))
        assert answer.what == "accepted", f"{answer.reasons}\n{drill.state()}"
        assert drill.ends() == 0, drill.state()
        verdict = drill.verdict()
        assert verdict.verdict is Verdict.PASSED, [one for one in verdict.checks if not one.held]
        points = {line.id: line.points for line in drill.score().lines}
        assert points["diagnosis"] > 0 and points["fix"] > 0, points
        assert left(handle, drill) == []


def _follow(drill: Playing, block: RunbookBlock, shows_within_s: float) -> None:
    """Do what a block says. One that only looks is done again until it shows what the runbook tells of."""
    if block.kind != "diagnose":
        drill.shell(f"set -euo pipefail\n{block.script}", within_s=block.limit_s)
        return
    seen = ""

    def look() -> bool | None:
        nonlocal seen
        _, seen = drill.tried(block.script, within_s=block.limit_s)
        return block.expect is None or re.search(block.expect, seen, re.MULTILINE) is not None or None

    drill.until(f"RUNBOOK.md:{block.line} shows {block.expect!r}", look, shows_within_s, lambda: seen)
