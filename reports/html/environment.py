"""How templates are read: one way for every page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports import units
from reports.meaning import group
from reports.reading.text import showable


def environment() -> Environment:
    """Jinja with every value escaped and made showable, nothing undefined, and figures as people read them."""
    made = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_showable,
    )
    made.filters |= {
        "seconds": units.seconds,
        "duration": units.duration,
        "since": units.since,
        "clock": units.clock,
        "minute": units.minute,
        "ratio": units.ratio,
        "number": units.number,
        "group": group,
    }
    return made


def _showable(value: object) -> object:
    """Every plain string that a template shows loses its terminal codes and invisible signs; markup stays."""
    return showable(value) if type(value) is str else value
