"""The plot of a signal: what conditions compare, with their thresholds and the run's moments."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reports.reading.shapes import Condition, Samples
from reports.svg.axes import FOOT, time_grid, value_grid
from reports.svg.labels import apart
from reports.svg.line import line
from reports.svg.marks import Mark, mark_lines
from reports.svg.markup import element, picture
from reports.svg.scale import Axis, value_axis
from reports.units import number

HEIGHT = 150.0
_LABEL = 14.0


def plot(
    conditions: Sequence[Condition], across: Axis, zero: float, these: Sequence[Mark], step: float, description: str
) -> Markup:
    """Draw conditions that share their left side: its line, and each one's right side dashed and named.

    Args:
        conditions: at least one.
        across: the time axis.
        zero: the moment that times are told from (epoch seconds).
        these: the moments to mark.
        step: the samples' step (seconds); more than one and a half of it is a gap.
        description: what a screen reader says.
    """
    sides = [conditions[0].left, *(condition.right for condition in conditions)]
    up = value_axis(value for samples in sides for _, value in samples if value is not None)
    drawn = [
        *value_grid(up, HEIGHT),
        *time_grid(across, zero, HEIGHT),
        *mark_lines(these, across, HEIGHT),
        *(line(condition.right, step, across, up, HEIGHT, "threshold") for condition in conditions),
        line(conditions[0].left, step, across, up, HEIGHT, "signal"),
        *_threshold_names(conditions, up),
    ]
    title = "; ".join(condition.title for condition in conditions)
    return picture(*drawn, height=HEIGHT + FOOT, title=title, description=description, klass="plot")


def _threshold_names(conditions: Sequence[Condition], up: Axis) -> list[Markup]:
    """`> 0.95` at the left end of each threshold, above its line where there is room, never on one another."""
    named: dict[str, float] = {}
    for condition in conditions:
        last = _last(condition.right)
        if last is not None:
            named[f"{condition.op} {_figure(condition.right, last)}"] = HEIGHT * (1 - up.share(last)) - 5
    heights = apart(list(named.values()), _LABEL, _LABEL - 2, HEIGHT - 3)
    return [
        element("text", name, x=0, dx=4, y=round(y, 1), klass="threshold-name")
        for name, y in zip(named, heights, strict=True)
    ]


def _last(samples: Samples) -> float | None:
    return next((value for _, value in reversed(samples) if value is not None), None)


def _figure(samples: Samples, last: float) -> str:
    """A threshold that moves has no one figure."""
    return number(last) if all(value is None or value == last for _, value in samples) else "dashed line"
