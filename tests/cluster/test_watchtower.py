"""Where the run's own Prometheus is the victim: the watchtower judges, and without it nothing is proven."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pytest

from cluster.guard import Handle
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.judge import judge
from experiments.model.scenario import Scenario
from experiments.play.runner import run
from experiments.record.files import NotificationsFile, SignalsFile
from experiments.record.kinds import RunKind, Verdict
from experiments.undo import namespaces

pytestmark = pytest.mark.nightly

BLIND = Path(__file__).with_name("engine_pack") / "blind_prometheus"


class JudgedByTheVictim(ScenarioFolder):
    """The same incident, judged by the Prometheus that it ends."""

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario without its watchtower."""
        return super().scenario.model_copy(update={"alerts_by": "prometheus"})


@pytest.mark.parametrize("kind", [RunKind.INCIDENT, RunKind.NO_FAULT])
def test_the_watchtower_sees_what_the_victim_cannot_tell(lab: Lab, handle: Handle, kind: RunKind) -> None:
    folder = run(lab, ScenarioFolder(BLIND), kind)
    verdict = judge(folder)
    assert verdict.verdict is Verdict.PASSED, [check for check in verdict.checks if not check.held]
    assert namespaces.of_runs(handle) == []
    signals = folder.read("signals.json", SignalsFile)
    assert signals.error is None
    pages = folder.read("notifications.json", NotificationsFile).deliveries
    assert {page.labels["run"] for page in pages} == {folder.path.name}, "the victim's own pages are nobody's evidence"


def test_a_victim_that_judges_itself_is_a_lab_error(lab: Lab, handle: Handle) -> None:
    verdict = judge(run(lab, JudgedByTheVictim(BLIND), RunKind.INCIDENT))
    assert verdict.verdict is Verdict.LAB_ERROR, verdict
    assert namespaces.of_runs(handle) == []
