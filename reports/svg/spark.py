"""A sparkline: what runs took, one after the other, small enough for a table's cell."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reports.svg.markup import element

WIDTH, HEIGHT = 120.0, 26.0
_EDGE = 4.0


def spark(points: Sequence[tuple[float, str]], title: str) -> Markup:
    """Draw points from old to new, each with its tone (`good`, `bad`, `unsure`), joined where they are good.

    Args:
        points: what each run took, and how it ended. The scale spans what was seen, at least a tenth of the greatest:
            noise is not drawn as large as news.
        title: what a screen reader says.
    """
    top = max((value for value, _ in points), default=0.0)
    span = max(top - min((value for value, _ in points), default=0.0), top / 10) or 1.0
    step = (WIDTH - 2 * _EDGE) / max(1, len(points) - 1)
    placed = [
        (_EDGE + n * step, _EDGE + (HEIGHT - 2 * _EDGE) * (top - value) / span, tone)
        for n, (value, tone) in enumerate(points)
    ]
    good = " ".join(f"{x:.1f},{y:.1f}" for x, y, tone in placed if tone == "good")
    drawn = [element("title", title), element("polyline", points=good, klass="spark-line")]
    for number, (x, y, tone) in enumerate(placed, start=1):
        radius = 2.6 if number == len(placed) or tone != "good" else 1.3
        drawn.append(element("circle", cx=round(x, 1), cy=round(y, 1), r=radius, klass=f"spark {tone}"))
    view = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return element("svg", *drawn, klass="sparkline", role="img", width=WIDTH, height=HEIGHT, viewBox=view)
