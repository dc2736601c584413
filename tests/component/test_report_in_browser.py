"""report.html in a real browser: quiet, offline, legible on a phone and on a desktop, light and dark, and on paper."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route

from experiments.record.kinds import Verdict
from reports.html import write as write_report
from tests.unit.reports.sample_run import write
from tests.unit.reports.sample_signals import SPIKE

PHONE, TABLET, DESKTOP = 390, 660, 1280
Scheme = Literal["light", "dark"]

pytestmark = pytest.mark.component

# Which elements with text of their own are seen beyond the page's left or right edge.
BEYOND = """() => [...document.querySelectorAll('main *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1) && !e.closest('svg svg');
}).map(e => e.outerHTML.slice(0, 120))"""
# Pairs of names of marks that overlap in the strip that is shown.
COLLISIONS = """() => [...document.querySelectorAll('svg.names')].flatMap(strip => {
    const boxes = [...strip.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])
        .filter(([_, box]) => box.width > 0);
    return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
        .filter(([_, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)
        .map(([other]) => name + ' on ' + other));
})"""
# Texts whose contrast with the ground behind them is below 4.5, by WCAG's formula.
PALE = """() => {
    const parse = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
    const linear = v => v <= 10 ? v / 3295 : ((v / 255 + 0.055) / 1.055) ** 2.4;
    const light = c => { const [r, g, b] = c.map(linear);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
        if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), pale = new Set();
    while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !e.getClientRects().length) continue;
        const style = getComputedStyle(e), ink = parse(e.closest('svg') ? style.fill : style.color).slice(0, 3);
        const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) pale.add(walker.currentNode.textContent.trim().slice(0, 40));
    }
    return [...pale];
}"""


@dataclass
class Seen:
    """A page with everything it complained of and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(
    params=[(PHONE, "light"), (PHONE, "dark"), (TABLET, "light"), (DESKTOP, "light"), (DESKTOP, "dark")], ids=str
)
def page(request: pytest.FixtureRequest, blank: Page) -> Page:
    return look(blank, *request.param)


def look(page: Page, width: int, scheme: Scheme, height: int = 844) -> Page:
    """The page at another size, light or dark; opening one more costs five times what loading it again does."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    return page


def show(page: Page, report: Path) -> Seen:
    """Open a report away from its folder, so that nothing beside it can be loaded either."""
    alone = report.parent.parent.parent / f"alone-{report.parent.name}.html"
    shutil.copyfile(report, alone)
    seen = Seen(page)

    def answer(route: Route) -> None:
        if route.request.url == alone.as_uri():
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    page.route(lambda url: not url.startswith("data:"), answer)
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
    page.goto(alone.as_uri())
    return seen


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that passed. As each of these it is written once, and looked at in every context."""
    return write_report(write(tmp_path_factory.mktemp("passed")))


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run whose fix did not hold."""
    root = tmp_path_factory.mktemp("failed")
    return write_report(write(root, verdict=Verdict.NOT_FIXED, failed="p95 under 200 ms"))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that was killed in the middle of its runbook."""
    run = write(tmp_path_factory.mktemp("killed"), name="killed")
    for name in ("verdict.json", "cleanup.json", "runbook/03-fix.json"):
        (run / name).unlink()
    lines = (run / "timeline.jsonl").read_text().splitlines()
    (run / "timeline.jsonl").write_text("\n".join(lines[:12]) + '\n{"at": 17')
    return write_report(run)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run whose fix came right after its fault."""
    run = write(tmp_path_factory.mktemp("crowded"))
    block = json.loads((run / "runbook" / "03-fix.json").read_text())
    block |= {"started": SPIKE + 4.5, "ended": SPIKE + 5}
    (run / "runbook" / "03-fix.json").write_text(json.dumps(block))
    return write_report(run)


def legible(page: Page) -> None:
    """Nothing stands beyond the edges, on another name, or too pale."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(COLLISIONS) == []
    assert page.evaluate(PALE) == []


def test_a_report_is_quiet_offline_and_legible(page: Page, passed: Path) -> None:
    seen = show(page, passed)
    for text in ("Every cache key expires in the same minute", "it stayed fixed", "RUNBOOK.md:48", "✓ matched"):
        assert seen.page.get_by_text(text).first.is_visible(), text
    for heading in ("Timeline", "Story", "Signals", "Runbook", "Checks", "Raw files"):
        assert seen.page.get_by_role("heading", name=heading, exact=True).is_visible(), heading
    assert seen.page.locator("svg[role=img] > desc").count() == 13
    assert seen.page.locator("svg.names:visible text").all_text_contents()[:4] == ["recovery", "fix", "alert", "fault"]
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])


def test_a_failed_run_shows_why_on_the_first_screen(page: Page, failed: Path) -> None:
    seen = show(page, failed)
    box = seen.page.get_by_text("3.61 < 0.2 did not hold").first.bounding_box()
    assert box is not None and box["y"] + box["height"] < 844
    legible(seen.page)


def test_a_killed_runs_report_is_as_legible(page: Page, killed: Path) -> None:
    seen = show(page, killed)
    assert seen.page.get_by_text("The run ended before it was judged").is_visible()
    assert seen.page.get_by_text("line 13 is cut short or damaged").is_visible()
    assert seen.page.get_by_text("was not played").is_visible()
    legible(seen.page)
    assert (seen.complaints, seen.requests) == ([], [])


def test_marks_that_are_close_keep_their_names_apart(page: Page, crowded: Path) -> None:
    legible(show(page, crowded).page)


def test_very_long_words_do_not_widen_a_phones_page(browser: Browser, tmp_path: Path) -> None:
    run = write(tmp_path)
    long = "DbPool" + "Nearly" * 30 + "Exhausted"
    for name in ("scenario.json", "signals.json", "notifications.json", "verdict.json"):
        (run / name).write_text((run / name).read_text().replace("DbPoolNearlyExhausted", long))
    context = browser.new_context(viewport={"width": PHONE, "height": 844})
    seen = show(context.new_page(), write_report(run))
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE
    context.close()


def test_paper_is_light_and_hides_no_output(browser: Browser, tmp_path: Path) -> None:
    run = write(tmp_path)
    (run / "runbook" / "02-diagnose.out").write_text("line\n" * 200)
    context = browser.new_context(viewport={"width": 720, "height": 1000}, color_scheme="dark")
    seen = show(context.new_page(), write_report(run))
    seen.page.emulate_media(media="print", color_scheme="dark")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert seen.page.evaluate("[...document.querySelectorAll('.output')].every(e => e.scrollHeight <= e.clientHeight)")
    context.close()
