"""The drill's part of report.html in a real browser: on a phone and a desktop, light and dark, offline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from drills.debrief import conclude_drill
from experiments.record.folder import RunFolder
from reports.html import write as write_report
from tests.component.test_report_in_browser import legible, look, show
from tests.unit.drills import sample_drill
from tests.unit.drills.sample_drill import DESK, MOVES, move
from tests.unit.reports.sample_run import HOSTILE

pytestmark = pytest.mark.component

PHONE, DESKTOP = 390, 1280
LONG = "a" * 900


@pytest.fixture(params=[(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")], ids=str)
def page(request: pytest.FixtureRequest, blank: Page) -> Page:
    return look(blank, *request.param)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a proven run. As each of these it is written once, and looked at in every context."""
    return write_report(sample_drill.write_reference(tmp_path_factory.mktemp("played")))


@pytest.fixture(scope="module")
def fixed(reference: Path) -> Path:
    """A drill that somebody fixed, with the proven run to compare with."""
    return concluded(sample_drill.write(reference.parents[2]))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drill in which people wrote what is no text."""
    moves = [*MOVES, move(30, "note", HOSTILE), move(31, "hypothesis", LONG)]
    commands = [sample_drill.ran(9, HOSTILE + LONG)]
    return concluded(sample_drill.write(tmp_path_factory.mktemp("hostile"), moves=moves, commands=commands))


@pytest.fixture(scope="module")
def unplayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drill that nobody was paged for."""
    desk = [line for line in DESK if line.what in ("deploying", "baseline", "waiting", "bitten")]
    root = tmp_path_factory.mktemp("unplayed")
    return concluded(sample_drill.write(root, desk=desk, moves=[], looks=[], commands=[]))


def concluded(run: Path) -> Path:
    """The report of a drill that is over."""
    conclude_drill(RunFolder(run))
    return run / "report.html"


def test_a_drill_stands_beside_the_runbook_and_is_legible(page: Page, fixed: Path) -> None:
    seen = show(page, fixed)
    part = seen.page.locator("#drill")
    for text in (
        "The fix was accepted",
        "of 100",
        "chose a wrong cause",
        "diagnose, block 1 of Diagnosis",
        "exit code 2",
    ):
        assert part.get_by_text(text).filter(visible=True).count(), text
    assert part.locator("svg.track").count() == 2
    left, right = (part.locator(".told").nth(n).bounding_box() for n in (0, 1))
    assert left is not None and right is not None
    wide = seen.page.evaluate("innerWidth") == DESKTOP
    assert (right["x"] > left["x"] + left["width"]) == wide
    assert part.get_by_role("link", name="postmortem.md").get_attribute("href") == "postmortem.md"
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])


def test_what_people_wrote_stays_text(page: Page, hostile: Path) -> None:
    seen = show(page, hostile)
    assert seen.page.locator("script, #drill img").count() == 0
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])


def test_a_drill_that_nobody_played_is_as_legible(page: Page, unplayed: Path) -> None:
    seen = show(page, unplayed)
    assert seen.page.get_by_text("Nobody was paged, so there is no timeline").is_visible()
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])


def test_other_kinds_of_run_have_no_drill(page: Page, reference: Path) -> None:
    seen = show(page, reference)
    assert seen.page.locator("#drill").count() == 0


def test_the_page_of_past_drills_is_legible(page: Page, fixed: Path) -> None:
    past = fixed.parents[2] / "drills" / "index.html"
    seen = show(page, Path(shutil.copy(past, fixed.with_name("past.html"))))
    assert seen.page.get_by_role("heading", name=sample_drill.PLAYER).is_visible()
    assert seen.page.locator("svg.sparkline").count() == 4
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])
