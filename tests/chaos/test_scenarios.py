"""Every scenario, for real: `pytest -m chaos`, all four kinds with `--runs=all`."""

from __future__ import annotations

import pytest

from cluster.lab import Lab
from experiments.record.kinds import RunKind, Verdict
from firedrill.runs import catalogue, play

pytestmark = pytest.mark.chaos


def test_scenario(scenario_name: str, kind: RunKind, lab: Lab, request: pytest.FixtureRequest) -> None:
    """The run ends with the verdict it must end with."""
    folder = catalogue(request.config.getoption("--pack")).find(scenario_name)
    finished = play(lab, folder, kind, keep=request.config.getoption("--keep"))
    failed = [f"{check.name}: {check.evidence}" for check in finished.verdict.checks if not check.held]
    assert finished.verdict.verdict is Verdict.PASSED, "\n".join([f"report: {finished.report}", *failed])
