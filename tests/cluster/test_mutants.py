"""Every mutant of the smallest incident, tried for real: each ends as it must, and a check that looks away survives."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.mutants import Live, Rejudged
from experiments.mutants.result import FILE, MutantsFile
from experiments.record.kinds import Phase, RunKind, Verdict
from experiments.undo import namespaces
from firedrill.mutants import Trial

pytestmark = pytest.mark.nightly

TINY = ScenarioFolder(Path(__file__).with_name("engine_pack") / "tiny_outage")
LIVE = [
    "prometheus-unreachable",
    "fault-no-op",
    "out-of-reach.RedisGone",
    "no-guard-rail",
    "left-out.fix.0",
]


@pytest.fixture(scope="module")
def trial(lab: Lab) -> Trial:
    """The mutants of the smallest incident; the runs they are made from are played where none has passed."""
    return Trial(lab, TINY, logging.getLogger("firedrill").warning)


def test_every_live_mutant_is_tried_here(trial: Trial) -> None:
    assert sorted(one.name for one in trial.mutants() if isinstance(one, Live)) == sorted(LIVE)


def test_the_re_judged_ones_end_as_they_must(trial: Trial) -> None:
    """A recorded run of each kind they are made from is there or is played first."""
    found = [trial.attempt(one) for one in trial.mutants() if isinstance(one, Rejudged)]
    assert {one.kind for one in found} == {RunKind.INCIDENT, RunKind.PREVENTION}
    assert [(one.name, one.ended, one.decided_by) for one in found if one.survived] == []


@pytest.mark.parametrize("name", LIVE)
def test_a_live_mutant_ends_as_it_must_and_leaves_nothing(trial: Trial, handle: Handle, name: str) -> None:
    (mutant,) = trial.mutants([name])
    found = trial.attempt(mutant)
    assert not found.survived, found
    assert namespaces.of_runs(handle) == []
    written = MutantsFile.model_validate_json((trial.folder.path / FILE).read_text(encoding="utf-8"))
    assert written.results[-1] == found


def test_a_live_mutant_whose_break_nobody_can_notice_survives(trial: Trial) -> None:
    """A guard rail that was left in place is no mutant: the run passes, and that is called survival."""
    (mutant,) = trial.mutants(["no-guard-rail"])
    assert isinstance(mutant, Live)
    harmless = replace(mutant, name="guard-rail-kept", change=lambda played: played)
    found = trial.attempt(harmless)
    assert (found.ended, found.survived, found.excused) == (Verdict.PASSED, True, None)
    assert found in trial.record.survivors
    assert mutant.decides is Phase.RECOVER
