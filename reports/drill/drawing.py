"""The player and the runbook on one time axis, which begins at the page of each."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reports.drill.reference import Bar
from reports.drill.told import Told
from reports.svg.axes import FOOT, time_grid
from reports.svg.marks import Mark, mark_lines, mark_names
from reports.svg.markup import element, percent, picture
from reports.svg.scale import Axis, time_axis
from reports.units import seconds, since

_TICKS = 12
_ROW = 22.0
_BAR = 12.0
_LEAST = 0.004
"""The least width of a bar (share): a command of a tenth of a second is still seen."""


def axis(ends: Sequence[float]) -> Axis:
    """An axis in seconds since the page, long enough for all `ends`."""
    last = max([1.0, *ends])
    return time_axis(-0.02 * last, last * 1.02, 0.0, _TICKS)


def track(told: Sequence[Told], bars: Sequence[Bar], across: Axis, title: str) -> Markup:
    """One side: its marks by name, a row of bars, and a row of dots where there are any.

    Args:
        told: what happened; what has a mark is named, what has none is a dot.
        bars: what took its time.
        across: the axis that both sides share.
        title: what a screen reader says.
    """
    inside = [one for one in told if across.low <= one.after <= across.high]
    these = [Mark(one.after, one.mark, one.kind) for one in _first(inside)]
    dots = [one for one in inside if not one.mark and one.who not in ("lab", "runbook")]
    height = _ROW * (1 + bool(dots))
    drawn = [*time_grid(across, 0.0, height), _rail(_ROW / 2), *mark_lines(these, across, height)]
    drawn += [_bar(bar, across) for bar in bars]
    drawn += [_dot(one, across, _ROW * 1.5) for one in dots]
    names = ", ".join(f"{one.mark} {since(one.after, 0.0)}" for one in _first(inside)) or "nothing"
    whole = picture(*drawn, height=height + FOOT, title=title, description=names, klass="track")
    return mark_names(these, across) + whole


def _first(told: Sequence[Told]) -> list[Told]:
    """Each mark once, the first of its name; a refusal may come more than once and is named each time by number."""
    found: dict[str, Told] = {}
    for one in told:
        if one.mark == "refused":
            found.setdefault(f"refused{sum(key.startswith('refused') for key in found)}", one)
        elif one.mark == "diagnosis":
            found[one.mark] = one  # the last one counts
        elif one.mark:
            found.setdefault(one.mark, one)
    return list(found.values())


def _rail(y: float) -> Markup:
    return element("line", x1=0, x2="100%", y1=y, y2=y, klass="rail")


def _bar(bar: Bar, across: Axis) -> Markup:
    left, right = across.share(bar.begin), across.share(bar.end)
    tip = element("title", f"{bar.name}: {since(bar.begin, 0.0)}, took {seconds(bar.end - bar.begin)}")
    width = percent(max(right - left, _LEAST))
    y = (_ROW - _BAR) / 2
    return element("rect", tip, x=percent(left), width=width, y=y, height=_BAR, klass=f"block {bar.kind}")


def _dot(one: Told, across: Axis, y: float) -> Markup:
    tip = element("title", f"{since(one.after, 0.0)}: {one.who} {one.what}")
    return element("circle", tip, cx=percent(across.share(one.after)), cy=y, r=4, klass=f"dot {one.tone}")
