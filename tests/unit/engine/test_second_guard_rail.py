"""A further guard rail: a folder, a run and a verdict of its own, told by the same words as the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cluster.errors import UsageError
from cluster.lab import Lab
from experiments.catalogue import ScenarioFolder
from experiments.compile.estimate import estimate
from experiments.compile.experiment import compile_experiment
from experiments.model.alerts import Absorbs, absorbs
from experiments.model.scenario import Scenario
from experiments.mutants import Live, derive
from experiments.play.source import load, scenario_file
from experiments.record.kinds import RunKind

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
LAB = Lab.of_checkout(ROOT)
STAMPEDE = ROOT / "scenarios" / "cache_stampede"


@pytest.fixture
def folder(tmp_path: Path) -> ScenarioFolder:
    """The cache stampede, with a guard rail more."""
    path = tmp_path / "pack" / "cache_stampede"
    shutil.copytree(STAMPEDE, path)
    file = path / "scenario.py"
    second = 'second_prevention=absorbs(lasts="20s", trace=("sum(up) > 100",)),\n    prevention='
    file.write_text(file.read_text().replace("prevention=", second, 1))
    shutil.copytree(path / "guardrail", path / "second-guardrail")
    return ScenarioFolder(path)


def test_its_run_plays_its_folder_and_its_condition(folder: ScenarioFolder) -> None:
    first, second = (load(LAB, folder, kind) for kind in (RunKind.PREVENTION, RunKind.SECOND_PREVENTION))
    assert (first.system, second.system) == ("guardrail", "second-guardrail")
    assert first.file.scenario.prevention == folder.scenario.prevention
    assert second.file.scenario.prevention == absorbs(lasts="20s", trace=("sum(up) > 100",))
    text = folder.text("scenario.py").splitlines()
    assert "second_prevention=" in text[second.file.lines["prevention"] - 1]
    assert "second_prevention=" not in text[first.file.lines["prevention"] - 1]
    assert second.file.lines["trace.0"] == second.file.lines["prevention"]


def test_it_is_watched_and_estimated_as_long_as_it_says(folder: ScenarioFolder, tmp_path: Path) -> None:
    first, second = (scenario_file(folder, kind, tmp_path) for kind in (RunKind.PREVENTION, RunKind.SECOND_PREVENTION))
    assert isinstance(first.scenario.prevention, Absorbs)
    assert estimate(first) - estimate(second) == first.scenario.prevention.lasts - 20
    method = compile_experiment(second)["method"]
    assert isinstance(method, list)
    assert any("well throughout" in str(one) and "20" in str(one) for one in method)


def test_it_is_part_of_the_proof_and_has_its_own_mutant(folder: ScenarioFolder, tmp_path: Path) -> None:
    assert folder.scenario.proved[-1] is RunKind.SECOND_PREVENTION
    mutants = derive(scenario_file(folder, RunKind.INCIDENT, tmp_path))
    live = {one.name: one.kind for one in mutants if isinstance(one, Live)}
    assert live["no-guard-rail"] is RunKind.PREVENTION
    assert live["no-guard-rail.second"] is RunKind.SECOND_PREVENTION


def test_a_gate_that_brings_no_system_stands_before_the_one_that_breaks(folder: ScenarioFolder) -> None:
    file = folder.path / "scenario.py"
    gate = 'second_prevention=refused_by("gate", "no"),\n    prevention='
    text = file.read_text().replace("import ", "import refused_by, ", 1)
    file.write_text(
        text.replace('second_prevention=absorbs(lasts="20s", trace=("sum(up) > 100",)),\n    prevention=', gate)
    )
    assert load(LAB, ScenarioFolder(folder.path), RunKind.SECOND_PREVENTION).system == "second-guardrail"
    shutil.rmtree(folder.path / "second-guardrail")
    assert load(LAB, ScenarioFolder(folder.path), RunKind.SECOND_PREVENTION).system == "system"


def test_a_third_one_is_like_the_second(folder: ScenarioFolder, tmp_path: Path) -> None:
    file = folder.path / "scenario.py"
    third = 'third_prevention=absorbs(lasts="10s", trace=("sum(up) > 1000",)),\n    prevention='
    file.write_text(file.read_text().replace("\n    prevention=", f"\n    {third}", 1))
    shutil.copytree(folder.path / "guardrail", folder.path / "third-guardrail")
    whole = ScenarioFolder(folder.path)
    played = load(LAB, whole, RunKind.THIRD_PREVENTION)
    assert (played.system, played.file.scenario.prevention) == (
        "third-guardrail",
        absorbs(lasts="10s", trace=("sum(up) > 1000",)),
    )
    assert "third_prevention=" in whole.text("scenario.py").splitlines()[played.file.lines["prevention"] - 1]
    assert whole.scenario.proved[-2:] == (RunKind.SECOND_PREVENTION, RunKind.THIRD_PREVENTION)
    live = {one.name: one.kind for one in derive(scenario_file(whole, RunKind.INCIDENT, tmp_path))}
    assert live["no-guard-rail.third"] is RunKind.THIRD_PREVENTION
    assert live["trace-missing.trace.0.third"] is RunKind.THIRD_PREVENTION


def test_a_third_one_without_a_second_is_none(folder: ScenarioFolder) -> None:
    with pytest.raises(ValueError, match="follows a second_prevention"):
        Scenario.model_validate({**dict(ScenarioFolder(STAMPEDE).scenario), "third_prevention": absorbs()})
    with pytest.raises(UsageError, match="has 2 guard rails"):
        load(LAB, folder, RunKind.THIRD_PREVENTION)


def test_a_scenario_with_one_guard_rail_has_no_second_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has one guard rail"):
        scenario_file(ScenarioFolder(STAMPEDE), RunKind.SECOND_PREVENTION, tmp_path)
