"""One browser for all tests of a worker that look at pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cluster.host import packages
from cluster.progress import Progress

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


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without contexts, installed where there is none: a page that nobody looked at is not tested."""
    packages.install([CHROMIUM], Progress(tmp_path_factory.mktemp("logs")))
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
