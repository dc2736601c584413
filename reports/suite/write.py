"""Writing the suite report."""

from __future__ import annotations

from pathlib import Path

from reports import atomic
from reports.suite import junit, page, summary
from reports.suite.rows import Suite

FOLDER = "latest-suite"
"""Beside the folder of all runs, so that the page's links hold wherever both are taken together."""


def write(suite: Suite, into: Path) -> Path:
    """Write `index.html`, `junit.xml` and `summary.md` into a folder, which is made, and return the page.

    Raises:
        OSError: it cannot be written; what stood there before stands there still.
    """
    into.mkdir(parents=True, exist_ok=True)
    atomic.replace(into / "junit.xml", junit.render(suite))
    atomic.replace(into / "summary.md", summary.render(suite))
    return atomic.replace(into / "index.html", page.render(suite))
