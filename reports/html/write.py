"""Writing report.html into a run folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from reports import atomic, units
from reports.html.page import page
from reports.meaning import group
from reports.reading.load import load
from reports.reading.text import showable


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
    environment = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_showable,
    )
    environment.filters |= {
        "seconds": units.seconds,
        "duration": units.duration,
        "since": units.since,
        "clock": units.clock,
        "ratio": units.ratio,
        "number": units.number,
        "group": group,
    }
    return environment.get_template("report.html.j2")


def _showable(value: object) -> object:
    """Every plain string that a template shows loses its terminal codes and invisible signs; markup stays."""
    return showable(value) if type(value) is str else value
