"""The table of what runs take."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from reports import bench, history
from reports.history import Entry
from tests.unit.reports.sample_run import HOSTILE, write

pytestmark = pytest.mark.unit

MACHINE = "AMD EPYC, 2 cores, 24 GiB"


@pytest.fixture
def one(tmp_path: Path) -> Entry:
    return history.entry(write(tmp_path))


def printed(rows: list[bench.Row]) -> str:
    out = io.StringIO()
    Console(file=out, width=140).print(bench.render(rows))
    return out.getvalue()


def test_medians_are_of_passed_runs_of_the_newest_content(one: Entry) -> None:
    runs = [one.model_copy(update={"content_hash": "old", "wall": 900.0})]
    runs += [one.model_copy(update={"wall": wall, "detect": None}) for wall in (210.0, 230.0, 214.0)]
    runs.append(one.model_copy(update={"wall": 5.0, "verdict": "not-fixed"}))
    (row,) = bench.table(runs)
    assert (row.machine, row.runs, row.passed) == (MACHINE, 4, 3)
    assert row.wall == bench.Spread(median=214.0, low=210.0, high=230.0)
    assert row.detect is None
    assert "(210.0 to 230.0)" in printed([row]) and "3/4" in printed([row])


def test_machines_are_named_and_never_mixed(one: Entry) -> None:
    other = one.model_copy(update={"wall": 50.0, "versions": {"machine": "64 cores"}})
    unknown = one.model_copy(update={"wall": 70.0, "versions": {}})
    rows = bench.table([one, other, unknown])
    walls = [(row.machine, row.wall.median if row.wall else None) for row in rows]
    assert walls == [("64 cores", 50.0), (MACHINE, 212.3), (bench.UNKNOWN, 70.0)]
    shown = printed(rows)
    assert MACHINE in shown and "64 cores" in shown and bench.UNKNOWN in shown


def test_a_scenario_that_was_never_played_is_in_the_table(one: Entry) -> None:
    rows = bench.table([one], ["cache-stampede", "disk-full"])
    assert [(row.scenario, row.runs) for row in rows] == [("cache-stampede", 1), ("disk-full", 0)]
    assert "never played" in printed(rows)


def test_without_any_run_every_scenario_is_said_not_to_be_played() -> None:
    assert bench.table([]) == []
    assert "never played" in printed(bench.table([], ["disk-full"]))


def test_the_markdown_names_the_machine_and_takes_nothing_for_markup(one: Entry) -> None:
    text = bench.markdown(bench.table([one, one.model_copy(update={"scenario": f"a|b{HOSTILE}"})]))
    assert f"On {MACHINE}; medians" in text
    assert "| cache-stampede | incident | 1/1 | 170.2 | 212.3 | 42.1 | 1.25 | 64.0 | 65.3 | 71.6 |" in text
    assert "<script>" not in text and "\x1b" not in text
    assert "| a\\|b" in text
