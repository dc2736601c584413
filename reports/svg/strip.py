"""A strip below a plot that says when a condition held."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reports.reading.held import Held
from reports.svg.markup import element, percent, picture
from reports.svg.scale import Axis

HEIGHT = 8.0


def strip(times: Sequence[Held], across: Axis, title: str, description: str) -> Markup:
    """Filled where it held, a thin line where it was asked and did not hold, empty where nobody could say."""
    drawn = []
    for time in times:
        begin, end = across.share(time.begin), across.share(time.end)
        y, height, klass = (0.0, HEIGHT, "held") if time.held else (HEIGHT / 2 - 0.5, 1.0, "not-held")
        drawn.append(element("rect", x=percent(begin), width=percent(end - begin), y=y, height=height, klass=klass))
    return picture(*drawn, height=HEIGHT, title=title, description=description, klass="strip")
