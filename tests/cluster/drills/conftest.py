"""The browser of those who look at a drill's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.component.conftest import launched


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Ended with the module: Playwright's event loop would be in the way of other tests' own."""
    with launched(tmp_path_factory.mktemp("logs")) as browser:
        yield browser
