"""The moments marked in every drawing: vertical lines, and their names above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.reading.moments import Moments
from reports.svg.labels import place
from reports.svg.markup import element, percent
from reports.svg.scale import Axis

ROW = 16.0
_NARROW, _WIDE = 270.0, 540.0
"""Least widths (pixels) at which the two layouts of the names are shown; CSS switches at the page's breakpoint."""


@dataclass(frozen=True)
class Mark:
    """A moment with its name; `kind` is its CSS class."""

    at: float
    name: str
    kind: str


def marks(moments: Moments) -> tuple[Mark, ...]:
    """Fault, alert, fix and recovery, as far as they happened."""
    known = (
        (moments.injected, "fault", "fault"),
        (moments.firing, "alert", "alert"),
        (moments.fixed, "fix", "fix"),
        (moments.recovered, "recovery", "recovery"),
    )
    return tuple(Mark(at, name, kind) for at, name, kind in known if at is not None)


def mark_lines(these: Sequence[Mark], across: Axis, height: float) -> list[Markup]:
    """A vertical line for each mark, over the whole height of a drawing."""
    return [
        element("line", x1=(x := percent(across.share(mark.at))), x2=x, y1=0, y2=height, klass=f"mark {mark.kind}")
        for mark in these
    ]


def mark_names(these: Sequence[Mark], across: Axis) -> Markup:
    """The names of the marks, a strip of its own above a drawing; once for narrow places, once for wide ones."""
    return _strip(these, across, _NARROW, "narrow") + _strip(these, across, _WIDE, "wide")


def _strip(these: Sequence[Mark], across: Axis, width: float, klass: str) -> Markup:
    kinds = {mark.name: mark.kind for mark in these}
    placed = place([(mark.name, across.share(mark.at)) for mark in these], width)
    height = ROW * (1 + max((name.row for name in placed), default=-1))
    drawn = []
    for name in placed:
        foot = height - ROW * name.row
        x = percent(name.share)
        shift = 4 if name.anchor == "start" else -4
        drawn.append(element("line", x1=x, x2=x, y1=foot - ROW + 3, y2=height, klass=f"mark {kinds[name.name]}"))
        drawn.append(
            element("text", name.name, x=x, y=foot - 4, dx=shift, text_anchor=name.anchor, klass=kinds[name.name])
        )
    return element("svg", *drawn, klass=f"names {klass}", width="100%", height=height, aria_hidden="true")
