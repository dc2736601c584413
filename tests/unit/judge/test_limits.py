"""A fault that its own limit took back proves no fix and no guard rail."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.judge import judge
from experiments.model.actions import Step
from experiments.record.kinds import RunKind, Verdict
from tests.unit.judge.recorded import FIXED, INJECTED, SCENARIO, Recorded

pytestmark = pytest.mark.unit


def ended(kind: RunKind, argument: str, seconds: float, path: Path) -> tuple[Verdict, str]:
    """The verdict on a run whose fault has a time, and what the check that decides says."""
    run = Recorded(kind) if kind is RunKind.INCIDENT else Recorded(kind, lambda at: 5.0)
    step = Step(title="freeze it", module="m", function="f", arguments={argument: seconds})
    run.played = run.played.model_copy(update={"scenario": SCENARIO.model_copy(update={"fault": (step,)})})
    verdict = judge(run.write(path / "run"))
    return verdict.verdict, next((check.evidence for check in verdict.checks if not check.held), "")


@pytest.mark.parametrize(("limit_s", "verdict"), [(FIXED - INJECTED, "passed"), (FIXED - INJECTED - 1, "lab-error")])
def test_the_fix_comes_before_the_limit(limit_s: float, verdict: str, tmp_path: Path) -> None:
    assert ended(RunKind.INCIDENT, "limit_s", limit_s, tmp_path) == (
        verdict,
        "" if verdict == "passed" else f"its limit of {limit_s:g} s was over 1.0 s before that",
    )


@pytest.mark.parametrize(("limit_s", "verdict"), [(40.0, "passed"), (39.0, "lab-error")])
def test_a_guard_rail_is_watched_while_the_fault_stands(limit_s: float, verdict: str, tmp_path: Path) -> None:
    assert ended(RunKind.PREVENTION, "limit_s", limit_s, tmp_path)[0] == verdict


def test_load_that_lasts_only_so_long_is_no_such_limit(tmp_path: Path) -> None:
    assert ended(RunKind.INCIDENT, "lasts_s", 1.0, tmp_path)[0] is Verdict.PASSED
