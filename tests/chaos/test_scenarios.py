"""Every scenario, for real: `pytest -m chaos`, all four kinds with `--runs=all`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cluster.lab import Lab
from experiments.record.kinds import RunKind, Verdict
from firedrill.cli.reported import reported
from firedrill.runs import catalogue, play
from reports.history import entry

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module", autouse=True)
def suite_report(request: pytest.FixtureRequest) -> Iterator[None]:
    """The page over all scenarios is written when the last one was played."""
    with reported("pytest -m chaos", request.config.getoption("--pack")):
        yield


def test_scenario(scenario_name: str, kind: RunKind, lab: Lab, request: pytest.FixtureRequest) -> None:
    """The run ends with the verdict it must end with."""
    folder = catalogue(request.config.getoption("--pack")).find(scenario_name)
    finished = play(lab, folder, kind, keep=request.config.getoption("--keep"))
    if finished.verdict.verdict is Verdict.INTERRUPTED:
        pytest.exit(f"interrupted; report: {finished.report}", returncode=Verdict.INTERRUPTED.exit_code)
    failed = [check.told for check in entry(finished.folder).failed]
    assert finished.verdict.verdict is Verdict.PASSED, "\n".join([f"report: {finished.report}", *failed])
