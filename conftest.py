"""Options and fixtures shared by every test: how scenarios are played, and the lab they are played on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.record.kinds import RunKind

ROOT = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `pytest -m chaos`."""
    group = parser.getgroup("firedrill")
    group.addoption(
        "--runs", choices=["all", "incident"], default="incident", help="which runs of each scenario to play"
    )
    group.addoption("--pack", action="append", default=[], type=Path, help="a folder of further scenarios; repeatable")
    group.addoption("--keep", action="store_true", help="leave a failed scenario standing and say how to look at it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each scenario and run kind, `cache_stampede-incident`."""
    if "scenario_name" not in metafunc.fixturenames:
        return
    from firedrill.runs import catalogue

    cases = []
    for one in catalogue(metafunc.config.getoption("--pack")).cases():
        marks = [pytest.mark.smoke] if one.smoke else []
        kinds = one.kinds if metafunc.config.getoption("--runs") == "all" else (RunKind.INCIDENT,)
        cases += [pytest.param(one.name, kind, id=f"{one.name}-{kind.value}", marks=marks) for kind in kinds]
    metafunc.parametrize(("scenario_name", "kind"), cases)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Lab:
    """This checkout's lab, brought up where it is not."""
    from firedrill.ground import ensure_up

    return ensure_up(Lab.of_checkout(ROOT), request.config.getoption("--pack"))


@pytest.fixture(scope="session")
def handle(lab: Lab) -> Iterator[Handle]:
    """The guard's handle on the lab's cluster."""
    opened = open_handle(lab)
    yield opened
    opened.api.close()
