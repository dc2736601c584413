"""One browser for all tests that look at pages, and which tests one worker runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from cluster.host import packages
from cluster.progress import Progress

LOOK_AT_PAGES = {
    "test_drill_page.py",
    "test_drill_report_in_browser.py",
    "test_gameday_in_browser.py",
    "test_report_in_browser.py",
}
CHROMIUM = "chromium"
# As root Chromium needs --no-sandbox; the rest keeps it from calling home, which is not what is under test.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--in-process-gpu",  # a page is opened with a quarter less of the processor
]


class Rooms(LoadScopeScheduling):  # type: ignore[misc]
    """One worker runs a file, whose tests share their containers, and one runs all files that look at pages.

    Two browsers would take from each other the two seconds within which a page has to follow the cluster.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "pages" if Path(file).name in LOOK_AT_PAGES else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Who runs what where there are several workers."""
    return Rooms(config, log)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all that this worker looks at."""
    with launched(tmp_path_factory.mktemp("logs")) as browser:
        yield browser


@contextmanager
def launched(logs: Path) -> Iterator[Browser]:
    """A real Chromium without contexts, installed where there is none: a page that nobody looked at is not tested."""
    packages.install([CHROMIUM], Progress(logs))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def spare(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def blank(spare: Page) -> Iterator[Page]:
    """A page that nothing is left in: the same one again and again, for what keeps nothing in a browser."""
    yield spare
    spare.goto("about:blank")  # what the last one had to say is said by then
    spare.unroute_all()
