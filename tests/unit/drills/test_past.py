"""Past drills: compared, and forgotten."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
from rich.console import Console

import reports.history
from cluster.errors import LabBusy, UsageError
from drills.debrief import conclude_drill, delete, past
from drills.debrief.past_table import table
from experiments.record.folder import RunFolder
from experiments.record.kinds import Verdict
from tests.unit.drills import sample_drill
from tests.unit.drills.sample_drill import BEFORE, MOVES, card, said, write

pytestmark = pytest.mark.unit

FIRST, SECOND, OTHER = (f"2025112{n}T090000-cache-stampede-drill" for n in (1, 2, 3))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drills of a heron, one of an owl that was never paged, and the run that they are compared with."""
    root = tmp_path_factory.mktemp("played")
    folders = [
        sample_drill.write_reference(root),
        write(root, name=FIRST),
        write(root, name=SECOND, moves=MOVES[:1]),
        write(
            root,
            name=OTHER,
            card_file=card(player="owl <b>", run_id=OTHER),
            desk=[*BEFORE[:3], said(0, "ended", "the fault had no effect")],
            moves=[],
            verdict=Verdict.NO_EFFECT,
        ),
    ]
    for run in folders:
        reports.history.append(run)
        if run.name.endswith("-drill"):
            conclude_drill(RunFolder(run))
    return root


@pytest.fixture
def runs(played: Path, tmp_path: Path) -> Path:
    """A copy of them, to do with as one likes."""
    return Path(shutil.copytree(played, tmp_path / "reports")) / "runs"


def test_drills_are_told_by_player_oldest_first(runs: Path) -> None:
    record = past(runs)
    assert [one.run_id for one in record.of("heron")] == [FIRST, SECOND]
    assert record.players == ("heron", "owl <b>")
    assert [one.run_id for one in past(runs, "owl <b>").drills] == [OTHER]
    first, second = record.of("heron")
    assert (first.detect_s, first.mitigate_s) == (8.2, 62.0)
    assert second.mitigate_s == second.fix_s == pytest.approx(70.7)


def test_a_damaged_drill_is_told(runs: Path) -> None:
    (runs / FIRST / "score.json").write_text("{}")
    desk = runs / SECOND / "drill" / "desk.jsonl"
    desk.unlink()
    desk.mkdir()
    record = past(runs)
    assert [told.where for told in record.told] == [FIRST, SECOND]
    assert len(record.drills) == 1


def test_a_drill_without_a_score_is_no_past_drill(runs: Path) -> None:
    (runs / FIRST / "score.json").unlink()
    assert FIRST not in [one.run_id for one in past(runs).drills]


def test_the_page_compares_with_small_plots(runs: Path) -> None:
    page = (runs.parent / "drills" / "index.html").read_text()
    assert page.count('class="sparkline"') == 4, "what does not count is not compared"
    assert "Fix in 2 drills, from old to new: 70.7 s to 70.7 s" in page
    assert "<b>" not in page
    assert "owl &lt;b&gt;" in page
    assert "Nobody was paged" in page


def test_the_table_has_a_row_each(runs: Path) -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(table(past(runs)))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.count("heron") == 2
    assert "does not count" in text
    assert "70.7 s" in text


def test_a_player_is_forgotten(runs: Path) -> None:
    (runs.parent / "latest").symlink_to(f"runs/{SECOND}")
    assert delete(runs, player="heron") == [FIRST, SECOND]
    left = {path.name for path in runs.iterdir()}
    assert left == {sample_drill.REFERENCE, OTHER}
    told = "".join((runs.parent / name).read_text() for name in ("drills/index.html", reports.history.NAME))
    assert FIRST not in told
    assert SECOND not in told
    assert "heron" not in told
    assert {one.run_id for one in reports.history.entries(runs.parent / reports.history.NAME)} == left
    assert not (runs.parent / "latest").is_symlink()


def test_one_drill_is_forgotten(runs: Path) -> None:
    (runs.parent / "latest").symlink_to(f"runs/{FIRST}")
    assert delete(runs, run=SECOND) == [SECOND]
    assert (runs / FIRST).is_dir()
    assert (runs.parent / "latest").is_symlink(), "it points to another run"


def test_a_damaged_card_still_belongs_to_somebody(runs: Path) -> None:
    path = runs / FIRST / "drill" / "card.json"
    path.write_text(path.read_text().replace('"limit_s"', '"limit"'))
    assert FIRST in delete(runs, player="heron")


@pytest.mark.parametrize(
    "run",
    ["..", ".", "", "/etc", f"../runs/{FIRST}", f"{FIRST}/drill", "link", "alias", "nothing", sample_drill.REFERENCE],
)
def test_nothing_but_a_drill_in_the_folder_is_deleted(runs: Path, tmp_path: Path, run: str) -> None:
    outside = tmp_path / "outside"
    (outside / "drill").mkdir(parents=True)
    (outside / "drill" / "card.json").write_text((runs / FIRST / "drill" / "card.json").read_text())
    (runs / "link").symlink_to(outside)
    (runs / "alias").symlink_to(runs / FIRST)
    with pytest.raises(UsageError):
        delete(runs, run=run)
    assert (outside / "drill" / "card.json").is_file()
    assert delete(runs, player="heron") == [FIRST, SECOND], "a link is nobody's drill"
    assert (outside / "drill" / "card.json").is_file()


def test_a_link_in_a_drill_is_not_followed(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / "me").write_text("here")
    (runs / FIRST / "away").symlink_to(tmp_path / "keep")
    delete(runs, run=FIRST)
    assert (tmp_path / "keep" / "me").read_text() == "here"


def test_a_drill_that_is_played_stays(runs: Path) -> None:
    (runs / FIRST / "verdict.json").unlink()
    (runs / FIRST / "drill" / "live.json").touch()
    with pytest.raises(LabBusy):
        delete(runs, player="heron")
    assert (runs / SECOND).is_dir(), "nothing is removed where not all can be"
    os.utime(runs / FIRST / "drill" / "live.json", (0, 0))
    assert delete(runs, run=FIRST) == [FIRST]


def test_one_of_both_has_to_be_named(runs: Path) -> None:
    for wrong in ({}, {"player": "heron", "run": FIRST}, {"player": "nobody"}):
        with pytest.raises(UsageError):
            delete(runs, **wrong)
