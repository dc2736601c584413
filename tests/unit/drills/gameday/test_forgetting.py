"""A day's folder goes with the last of its drills, and not before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from drills.gameday.folder import DayFolder
from drills.gameday.forgetting import Forgotten, forget
from drills.gameday.record import Happening
from tests.unit.drills.gameday.sample_day import RUN, after_one, happened, write_drill

pytestmark = pytest.mark.unit

SECOND = "20270115-090000-cache-stampede-drill"


def _delete(root: Path, run: str) -> Forgotten:
    shutil.rmtree(root / "runs" / run)
    return forget(root / "gamedays", root / "runs", [run])


@pytest.fixture
def day(tmp_path: Path) -> DayFolder:
    """A day on which both teams have played."""
    write_drill(tmp_path, SECOND, player="Heron", over=True)
    played = [happened(1001, Happening.PLAYING, step=2), happened(1002, Happening.RUN, run=SECOND)]
    return after_one(tmp_path, *played, happened(1400, Happening.ENDED, step=2, text="passed"))


def test_a_day_goes_with_the_last_of_its_drills(day: DayFolder, tmp_path: Path) -> None:
    assert _delete(tmp_path, RUN) == Forgotten((), (day.path.name,))
    assert "Kestrel" in (day.path / "day.json").read_text()
    assert _delete(tmp_path, SECOND) == Forgotten((day.path.name,), ())
    assert not day.path.exists()


def test_a_day_that_is_led_stays(day: DayFolder, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "runs" / SECOND)
    with day.conducted():
        assert _delete(tmp_path, RUN) == Forgotten((), (day.path.name,))
    (day.path / "conductor.lock").unlink()  # names this process, which goes on
    assert forget(tmp_path / "gamedays", tmp_path / "runs", [RUN]).gone == (day.path.name,)


def test_other_days_and_links_are_none_of_its_business(day: DayFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link").symlink_to(day.path)
    shutil.rmtree(tmp_path / "runs")
    assert forget(tmp_path / "gamedays", tmp_path / "runs", ["another"]) == Forgotten((), ())
    assert forget(tmp_path / "elsewhere", tmp_path / "runs", [RUN]) == Forgotten((), ())
    assert forget(tmp_path / "nothing", tmp_path / "runs", [RUN]) == Forgotten((), ())
    assert day.path.is_dir()
