"""The table of one incident played again and again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from reports.soak import table
from tests.unit.reports.sample_run import write

pytestmark = pytest.mark.unit


def soaked(tmp_path: Path, *walls: float) -> list[Path]:
    """Runs that passed, with these wall times; a negative one failed."""
    runs = []
    for number, wall in enumerate(walls):
        run = write(tmp_path / str(number))
        verdict = json.loads((run / "verdict.json").read_text())
        verdict |= {"wall_s": abs(wall), "verdict": "passed" if wall > 0 else "not-fixed"}
        (run / "verdict.json").write_text(json.dumps(verdict))
        runs.append(run)
    return runs


def shown(runs: list[Path]) -> list[list[str]]:
    console = Console(width=300, record=True)
    console.print(table(runs))
    lines = console.export_text().splitlines()
    return [[cell.strip() for cell in line.strip("│┃").split("│")] for line in lines if "│" in line]


def test_what_a_failed_run_took_is_shown_and_not_counted(tmp_path: Path) -> None:
    rows = shown(soaked(tmp_path, 100.0, 300.0, 200.0, -900.0))
    assert [(row[1], row[11]) for row in rows] == [
        ("passed", "100.0"), ("passed", "300.0"), ("passed", "200.0"), ("not-fixed", "900.0"),
        ("min", "100.0"), ("median", "200.0"), ("max", "300.0"),
    ]  # fmt: skip


def test_each_phase_has_its_column(tmp_path: Path) -> None:
    rows = shown(soaked(tmp_path, 100.0))
    assert rows[0][2:5] == ["24.6", "13.6", "5.8"]


def test_without_a_run_that_passed_there_is_nothing_to_compare(tmp_path: Path) -> None:
    rows = shown(soaked(tmp_path, -1.0))
    assert [row[1] for row in rows] == ["not-fixed", "min", "median", "max"]
    assert not any(cell.strip("\N{EN DASH}") for row in rows[1:] for cell in row[2:])
