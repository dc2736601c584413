"""Writing report.html into a run folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Template

from reports import atomic
from reports.html.environment import environment
from reports.html.page import page
from reports.reading.load import load


def write(run: Path) -> Path:
    """Write `report.html` into the run folder `run` and return its path.

    Whatever the folder lacks, or holds cut short, is named in the report.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    return atomic.replace(run / "report.html", render(run))


def render(run: Path) -> str:
    """The report of a run folder as HTML: nothing in it is loaded from anywhere, and it runs no script."""
    return _template().render(page=page(load(run)))


@cache
def _template() -> Template:
    """The report's template, compiled once a process."""
    return environment().get_template("report.html.j2")
