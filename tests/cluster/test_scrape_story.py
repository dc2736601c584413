"""networkpolicy-blocks-scrape: who deletes the policies sees all graphs again, and has fixed nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.mutants import Live
from experiments.play.played import Played
from experiments.record.kinds import Phase, RunKind, Verdict
from firedrill.mutants import Trial

pytestmark = pytest.mark.nightly

STORY = ScenarioFolder(Path(__file__).parents[2] / "scenarios" / "networkpolicy_blocks_scrape")
DELETES = """\
for service in payment ledger refund invoice; do
  kubectl -n payments delete networkpolicy "allow-internal-traffic-$service"
done
"""


def deleted(played: Played) -> Played:
    """The run of a runbook whose fix takes the policies away."""
    blocks = [
        block.model_copy(update={"script": DELETES}) if block.kind == "fix" else block for block in played.file.blocks
    ]
    return replace(played, file=played.file.model_copy(update={"blocks": blocks}))


def test_policies_that_were_deleted_let_in_a_third_namespace(lab: Lab) -> None:
    trial = Trial(lab, STORY, logging.getLogger("firedrill").warning)
    variant = Live("policies-deleted", RunKind.INCIDENT, Verdict.NOT_FIXED, deleted, Phase.RECOVER, 120.0)
    found = trial.attempt(variant)
    assert found.ended is Verdict.NOT_FIXED, found
    last = max(block.line for block in STORY.runbook.blocks)
    assert f"RUNBOOK.md:{last} verify" in str(found.decided_by), found
