"""A line through samples, with gaps where samples are missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from reports.svg.markup import element
from reports.svg.scale import Axis

Sample = tuple[float, float | None]

WIDTH = 1000.0
"""Units across a line's own coordinate system, which is stretched to whatever width the drawing has."""
MOST_POINTS = 1600


def runs(samples: Sequence[Sample], step: float) -> list[list[tuple[float, float]]]:
    """Cut samples into runs without a hole; a missing or non-finite value ends one, and so do one and a half steps."""
    found: list[list[tuple[float, float]]] = []
    last: float | None = None
    for at, value in samples:
        if value is None or not math.isfinite(value):
            last = None
            continue
        if last is None or at - last > 1.5 * step:
            found.append([])
        found[-1].append((at, value))
        last = at
    return found


def thin(samples: Sequence[Sample], most: int = MOST_POINTS) -> Sequence[Sample]:
    """At most about `most` samples: of each bucket the lowest and the highest, so that no peak is lost; a gap stays."""
    if len(samples) <= most:
        return samples
    size = math.ceil(2 * len(samples) / most)
    kept: list[Sample] = []
    for begin in range(0, len(samples), size):
        bucket = samples[begin : begin + size]
        finite = [(at, value) for at, value in bucket if value is not None and math.isfinite(value)]
        if finite:
            kept += sorted({min(finite, key=lambda s: s[1]), max(finite, key=lambda s: s[1])})
        if len(finite) < len(bucket):
            kept.append((bucket[-1][0], None))
    return kept


def line(samples: Sequence[Sample], step: float, across: Axis, up: Axis, height: float, klass: str) -> Markup:
    """The path of samples in a place `height` pixels high; a lone sample is a dot."""
    thinned = thin(samples)
    if len(thinned) < len(samples):
        step *= math.ceil(2 * len(samples) / MOST_POINTS)
    parts = (_part(run, across, up, height) for run in runs(thinned, step))
    path = element("path", d=" ".join(parts), klass=klass, vector_effect="non-scaling-stroke")
    return stretched(path, height=height)


def stretched(*children: Markup, height: float) -> Markup:
    """A place whose own coordinates run from 0 to WIDTH across, whatever the drawing's width is."""
    return element(
        "svg", *children, viewBox=f"0 0 {WIDTH:g} {height:g}", preserveAspectRatio="none", width="100%", height=height
    )


def _part(run: Iterable[tuple[float, float]], across: Axis, up: Axis, height: float) -> str:
    points = [f"{WIDTH * across.share(at):.1f} {height * (1 - up.share(value)):.1f}" for at, value in run]
    return f"M{points[0]}h0" if len(points) == 1 else "M" + "L".join(points)
