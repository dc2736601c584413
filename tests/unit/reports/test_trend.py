"""What runs say together: flakes, the slowest phase, and what changed since the last pass."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from experiments.record.kinds import Verdict
from reports import history, trend_table
from reports.history import Entry, Failed
from reports.reading.shapes import PhaseTime
from reports.trend import Trend, trends
from tests.unit.reports.sample_run import HOSTILE, write

pytestmark = pytest.mark.unit


@pytest.fixture
def one(tmp_path: Path) -> Entry:
    return history.entry(write(tmp_path))


def runs(one: Entry, *verdicts: str) -> list[Entry]:
    return [one.model_copy(update={"time": float(n), "verdict": verdict}) for n, verdict in enumerate(verdicts)]


def trend(found: list[Entry]) -> Trend:
    (only,) = trends(found)
    return only


def printed(found: list[Trend]) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(trend_table.overview(found), *(trend_table.runs(each) for each in found))
    return out.getvalue()


def test_flakes_are_runs_of_one_content_that_ended_otherwise(one: Entry) -> None:
    flake = trend(runs(one, "passed", "not-fixed", "passed", "passed", "interrupted", "none")).flake
    assert (flake.odd, flake.runs, flake.rate) == (1, 4, 0.25)


def test_what_other_content_ended_with_is_no_flake(one: Entry) -> None:
    found = runs(one, "not-fixed", "passed", "passed")
    found[0] = found[0].model_copy(update={"content_hash": "old"})
    assert trend(found).flake.odd == 0


def test_one_run_alone_has_no_rate(one: Entry) -> None:
    assert trend(runs(one, "passed")).flake.rate is None


def test_that_engines_differ_is_said_beside_flakes(one: Entry) -> None:
    found = runs(one, "passed", "not-fixed")
    found[1] = found[1].model_copy(update={"versions": {"engine": "other"}})
    assert "50% (1 of 2, 2 engines)" in printed([trend(found)])


def test_the_slowest_phase_is_that_of_passed_runs(one: Entry) -> None:
    stuck = one.model_copy(
        update={"verdict": "not-fixed", "phases": (PhaseTime(phase="runbook", floor_s=0.0, actual_s=900.0),)}
    )
    slowest = trend([one, stuck]).slowest
    assert slowest is not None
    assert (slowest.phase, slowest.actual_s, slowest.floor_s) == ("recover", 71.4, 70.0)
    assert trend([stuck]).slowest is None


def test_what_changed_since_the_last_pass_is_named(tmp_path: Path, one: Entry) -> None:
    after = history.entry(write(tmp_path, verdict=Verdict.NOT_DETECTED, failed="DbPoolNearlyExhausted fires"))
    after = after.model_copy(
        update={
            "time": (one.time or 0) + 9,
            "content_hash": "9999",
            "versions": {**one.versions, "engine": "ffff", "image shop": "eeee"},
        }
    )
    assert trend([one, after]).since == (
        "content 3f2a9c117de0 \N{RIGHTWARDS ARROW} 9999",
        "engine 0123456789ab \N{RIGHTWARDS ARROW} ffff",
        "image shop 1111aaaa2222 \N{RIGHTWARDS ARROW} eeee",
        "first failed: scenarios/cache_stampede/rules.yaml:6: DbPoolNearlyExhausted fires did not hold: fired for 22 s",
    )


def test_a_change_of_nothing_is_said_only_where_the_engines_are_known(one: Entry) -> None:
    assert trend(runs(one, "passed", "not-fixed")).since[0].startswith("nothing changed")
    bare = one.model_copy(update={"versions": {}})
    assert trend(runs(bare, "passed", "not-fixed")).since[0] == "which engine played is not on record of both"


def test_what_never_passed_and_what_passes(one: Entry) -> None:
    assert trend(runs(one, "not-fixed")).since[0] == "it never passed"
    assert trend(runs(one, "not-fixed", "passed")).since == ()


def test_the_terminal_obeys_nothing_of_a_history(one: Entry) -> None:
    hostile = one.model_copy(
        update={
            "scenario": HOSTILE,
            "kind": f"[bold]{HOSTILE}",
            "verdict": HOSTILE,
            "failed": (Failed(name=HOSTILE, held=False, evidence="[red]x"),),
        }
    )
    shown = printed([trend([hostile])])
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "[red]x" in shown
