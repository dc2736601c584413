"""Grid, ticks and their labels."""

from __future__ import annotations

from markupsafe import Markup

from reports.svg.markup import element, percent
from reports.svg.scale import Axis, time_label, value_label

FOOT = 22.0
"""Height (pixels) of the time labels below a drawing."""


def time_grid(across: Axis, zero: float, height: float) -> list[Markup]:
    """Vertical grid lines with their labels below; every second label can be hidden in a narrow place."""
    drawn = []
    step = across.ticks[1] - across.ticks[0] if len(across.ticks) > 1 else 1.0
    for tick in across.ticks:
        share = across.share(tick)
        x = percent(share)
        every = "" if round((tick - zero) / step) % 2 == 0 else " minor"
        drawn.append(element("line", x1=x, x2=x, y1=0, y2=height, klass="grid"))
        if 0.03 < share < 0.97:
            label = time_label(tick - zero, across.high - across.low)
            drawn.append(element("text", label, x=x, y=height + 15, text_anchor="middle", klass=f"tick{every}"))
    return drawn


def value_grid(up: Axis, height: float) -> list[Markup]:
    """Horizontal grid lines with their labels left of the drawing."""
    drawn = []
    for tick in up.ticks:
        y = height * (1 - up.share(tick))
        drawn.append(element("line", x1=0, x2="100%", y1=round(y, 1), y2=round(y, 1), klass="grid"))
        label = value_label(tick, up)
        drawn.append(element("text", label, x=-7, y=round(y + 4, 1), text_anchor="end", klass="tick"))
    return drawn
