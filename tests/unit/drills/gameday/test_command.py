"""The command: what a plan comes to with the checkout's scenarios, and which day it goes on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drills.gameday.boards import HERE
from drills.gameday.folder import DayFolder, unfinished
from drills.gameday.record import Happening
from experiments.drill.options import DrillOptions
from firedrill.cli import gameday as command
from tests.unit.drills.gameday.sample_day import STEPS, happened, write

pytestmark = pytest.mark.unit

EXAMPLE = HERE / "example.yaml"


def test_the_example_comes_to_the_same_day_each_time() -> None:
    first, second = command._planned(EXAMPLE, []), command._planned(EXAMPLE, [])
    assert first.steps == second.steps
    incidents = [step for step in first.steps if step.kind == "incident"]
    assert [step.team for step in incidents] == ["Kestrel", "Heron", "Heron", "Kestrel", "Heron"]
    assert all(step.title for step in incidents)


def test_a_drills_process_is_given_options_that_it_understands(tmp_path: Path) -> None:
    file = write(tmp_path).file()
    words = command._command(file, [Path("pack")])(STEPS[0], 42)
    assert words[1:4] == ["-m", "firedrill.gameday_incident", "cache-stampede"]
    assert words[5:] == ["--pack", "pack"]
    options = DrillOptions.model_validate(json.loads(words[4]))
    assert (options.player, options.limit_s, options.seed, options.mode) == ("Kestrel", 900.0, 42, "guided")


def test_a_day_of_the_same_plan_goes_on_until_it_is_over(tmp_path: Path) -> None:
    folder = write(tmp_path, happened(0, Happening.STARTED))
    found = unfinished(tmp_path / "gamedays", "title: A day\n")
    assert found is not None
    assert found.path == folder.path
    assert unfinished(tmp_path / "gamedays", "title: Another day\n") is None
    DayFolder(folder.path).tell(happened(9, Happening.DONE))
    assert unfinished(tmp_path / "gamedays", "title: A day\n") is None


def test_a_day_is_named_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path)
    monkeypatch.setattr(command, "DAYS", tmp_path / "gamedays")
    assert command._folder(Path(folder.path.name), [], fresh=False).path == folder.path
    assert command._folder(folder.path, [], fresh=False).path == folder.path


def test_a_day_of_a_pack_goes_on_with_its_pack(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert command._again(folder, []) == f"firedrill gameday {folder.path.name}"
    assert command._again(folder, [Path("my pack")]) == f"firedrill gameday {folder.path.name} --pack 'my pack'"
