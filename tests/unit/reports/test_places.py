"""Where a check was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.record.kinds import Phase, RunKind, Verdict
from reports.reading.load import load
from reports.reading.places import place, told
from reports.reading.shapes import Check
from tests.unit.reports.sample_run import scenario_file, write

pytestmark = pytest.mark.unit


def check(name: str, group: str, verdict: str = "not-fixed", held: bool | None = False) -> Check:
    return Check(name=name, group=group, held=held, verdict=verdict, evidence="seen")


@pytest.mark.parametrize(
    ("named", "group", "verdict", "where"),
    [
        ("p95 under 50 ms", Phase.BASELINE, Verdict.BASELINE_FAILED, "scenario.py:24"),
        ("not yet: the pool is exhausted", Phase.BASELINE, Verdict.BASELINE_FAILED, "scenario.py:31"),
        ("Redis itself expired the keys", Phase.BITES, Verdict.NO_EFFECT, "scenario.py:34"),
        ("DbPoolNearlyExhausted fires", Phase.DETECT, Verdict.NOT_DETECTED, "rules.yaml:6"),
        ("PodCrashLoop stays silent", Phase.DETECT, Verdict.FALSE_ALARM, "rules.yaml:31"),
        ("RUNBOOK.md:48 fix", Phase.RUNBOOK, Verdict.NOT_FIXED, "RUNBOOK.md:48"),
        ("RUNBOOK.md:21 finds nothing without the fault", Phase.RUNBOOK, Verdict.FALSE_ALARM, "RUNBOOK.md:21"),
        ("nothing reached the cluster", Phase.FAULT, Verdict.NOT_PREVENTED, "scenario.py:50"),
        ("nothing is left behind", Phase.CLEANUP, Verdict.CLEANUP_FAILED, ""),
    ],
)
def test_each_check_is_found_where_it_was_written(
    tmp_path: Path, named: str, group: str, verdict: str, where: str
) -> None:
    scenario = load(write(tmp_path)).scenario
    found = place(check(named, group, verdict), scenario)
    assert found == (f"scenarios/cache_stampede/{where}" if where else "")


def test_of_two_conditions_of_one_title_that_of_the_phase_is_named(tmp_path: Path) -> None:
    file = scenario_file(RunKind.INCIDENT)
    same = file.scenario.model_copy(update={"recovers": file.scenario.healthy})
    run = write(tmp_path)
    (run / "scenario.json").write_text(file.model_copy(update={"scenario": same}).model_dump_json())
    scenario = load(run).scenario
    assert place(check("p95 under 50 ms", "baseline"), scenario).endswith(":24")
    assert place(check("p95 under 50 ms", "recover"), scenario).endswith(":41")


def test_a_run_that_never_said_what_was_played_has_checks_without_a_place() -> None:
    assert told(check("p95 under 50 ms", "baseline", held=None), None) == "p95 under 50 ms could not be asked: seen"
