"""The browser of those who look at a drill's page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from cluster.host import packages
from cluster.progress import Progress
from tests.component.conftest import CHROMIUM, FLAGS


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A real Chromium."""
    packages.install([CHROMIUM], Progress(tmp_path_factory.mktemp("logs")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()
