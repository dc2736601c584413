"""What a run records of what played it, and where its conditions are written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from experiments.catalogue import ScenarioFolder
from experiments.compile.conditions import by_name
from experiments.play.source import scenario_file
from experiments.play.versions import engine, versions
from experiments.record.kinds import RunKind

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
STAMPEDE = ScenarioFolder(ROOT / "scenarios" / "cache_stampede")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for room in ("cluster", "experiments", "firedrill", "fixtures", "tools", "reports"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "part.py").write_text("1\n")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lock.txt").write_text("one==1\n")
    return tmp_path


@pytest.mark.parametrize("changed", ["experiments/part.py", "tools/part.py", "requirements/lock.txt"])
def test_the_engine_is_another_where_anything_that_plays_changed(checkout: Path, changed: str) -> None:
    before = engine(checkout)
    (checkout / changed).write_text("2\n")
    assert engine(checkout) != before


def test_how_a_report_looks_is_no_matter_of_the_engine(checkout: Path) -> None:
    before = engine(checkout)
    (checkout / "reports" / "part.py").write_text("2\n")
    assert engine(checkout) == before


def test_every_lab_image_is_recorded_and_so_are_those_of_a_pack(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(ROOT / "cluster" / "images" / "redis", pack / "queue" / "image")
    spec = pack / "queue" / "image" / "image.toml"
    spec.write_text(spec.read_text().replace('"redis"', '"queue"', 1))
    found = versions(ROOT, pack)
    assert found["engine"] == engine(ROOT)
    assert "cores" in found["machine"] and "GiB" in found["machine"]
    assert {"image prometheus", "image toolbox", "image shop", "image queue"} <= set(found)


def test_each_condition_and_step_has_its_line_in_scenario_py(tmp_path: Path) -> None:
    file = scenario_file(STAMPEDE, RunKind.INCIDENT, tmp_path)
    written = STAMPEDE.text("scenario.py").splitlines()
    conditions = {name: one for name, one in by_name(file.scenario).items() if not name.startswith("trace")}
    assert set(file.lines) >= set(conditions) and len(conditions) > 10
    for name, condition in conditions.items():
        assert f'"{condition.title}"' in written[file.lines[name] - 1], name
    assert "config.roll_out" in written[file.lines["fault.1"] - 1]
    assert "prevention=" in written[file.lines["trace.2"] - 1]
    assert file.folder == "scenarios/cache_stampede"
