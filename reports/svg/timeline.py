"""The run on one time axis: phases, each alert's states and deliveries, the runbook's blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.reading.lanes import Lane
from reports.reading.load import Played
from reports.reading.phases import Span
from reports.svg.axes import FOOT, time_grid
from reports.svg.labels import LETTER
from reports.svg.marks import Mark, mark_lines
from reports.svg.markup import element, percent, picture
from reports.svg.scale import Axis
from reports.units import seconds, since

_PHASES = 24.0
_LANE = 46.0
_BAR = 12.0
_TOP = 18.0
_LONGEST_NAME = 38
_PHONE, _TABLET, _DESKTOP = 320.0, 590.0, 1030.0
"""Widths (pixels) of a timeline from which on a phase's name is shown if it fits; CSS switches."""


@dataclass(frozen=True)
class Told:
    """What a timeline tells.

    Args:
        phases, lanes, played: its rows, from top to bottom.
        marks: the moments drawn through all rows.
        zero: the moment that times are told from (epoch seconds).
    """

    phases: Sequence[Span]
    lanes: Sequence[Lane]
    played: Sequence[Played]
    marks: Sequence[Mark]
    zero: float


def timeline(told: Told, across: Axis, description: str) -> Markup:
    """Draw the phases as a band, below it a lane for each alert, and a lane of the runbook's blocks."""
    rows = len(told.lanes) + bool(told.played)
    height = _PHASES + 10 + _LANE * rows
    drawn = [*time_grid(across, told.zero, height), *mark_lines(told.marks, across, height)]
    drawn += [part for span in told.phases for part in _phase(span, across)]
    top = _PHASES + 10
    for lane in told.lanes:
        drawn += _lane(lane, across, told.zero, top)
        top += _LANE
    if told.played:
        drawn += _blocks(told.played, across, told.zero, top)
    return picture(*drawn, height=height + FOOT, title="Timeline", description=description, klass="timeline")


def _phase(span: Span, across: Axis) -> list[Markup]:
    begin, end = across.share(span.begin), across.share(span.end)
    klass = f"phase {span.phase}" if span.ended else "phase cut"
    tip = element("title", f"{span.phase}: {seconds(span.end - span.begin)}" + ("" if span.ended else ", never ended"))
    shape = element("rect", tip, x=percent(begin), width=percent(end - begin), y=0, height=_PHASES, klass=klass)
    wanted = (len(span.phase) * LETTER + 4) / max(end - begin, 1e-6)
    if wanted > _DESKTOP:
        return [shape]
    name = element(
        "text",
        span.phase,
        x=percent((begin + end) / 2),
        y=_PHASES / 2 + 4,
        text_anchor="middle",
        klass="on-phone" if wanted <= _PHONE else "on-tablet" if wanted <= _TABLET else "on-desktop",
    )
    return [shape, name]


def _bar(begin: float, end: float, across: Axis, top: float, klass: str, tip: str) -> Markup:
    left, right = across.share(begin), across.share(end)
    name = element("title", tip)
    return element("rect", name, x=percent(left), width=percent(right - left), y=top, height=_BAR, klass=klass)


def _name(text: str, top: float) -> Markup:
    short = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return element("text", element("title", text), short, x=0, y=top + 12, klass="lane-name")


def _rail(top: float) -> Markup:
    y = top + _TOP + _BAR / 2
    return element("line", x1=0, x2="100%", y1=y, y2=y, klass="rail")


def _lane(lane: Lane, across: Axis, zero: float, top: float) -> list[Markup]:
    y = top + _TOP
    drawn = [_rail(top)]
    for stretch in lane.stretches:
        tip = f"{stretch.state} {since(stretch.begin, zero)} to {since(stretch.end, zero)}"
        known = stretch.state if stretch.state in ("pending", "firing") else "pending"
        klass = f"{known} unwanted" if lane.role == "silent" else known
        drawn.append(_bar(stretch.begin, stretch.end, across, y, klass, tip))
    drawn += _notified(lane, across, zero, y + _BAR)
    note = ", had to stay silent" if lane.role == "silent" else ""
    return [*drawn, _name(lane.alert + note, top)]


def _notified(lane: Lane, across: Axis, zero: float, top: float) -> list[Markup]:
    """A line from the first delivery to the last word that it was resolved, and a sign for each arrival."""
    if not lane.deliveries:
        return []
    begin, resolved = lane.deliveries[0].at, lane.delivered("resolved")
    left, right = across.share(begin), 1.0 if resolved is None else across.share(resolved)
    drawn = [element("line", x1=percent(left), x2=percent(right), y1=top + 7, y2=top + 7, klass="notified")]
    for delivery in lane.deliveries:
        tip = element("title", f"{delivery.status}, at {delivery.receiver} {since(delivery.at, zero)}")
        sign = (
            element("circle", tip, cx=0, cy=7, r=4, klass="resolved")
            if delivery.status == "resolved"
            else element("path", tip, d="M-5 3h10l-5 8z", klass="delivered")
        )
        drawn.append(element("svg", sign, x=percent(across.share(delivery.at)), y=top, width=1, height=1, klass="at"))
    return drawn


def _blocks(played: Sequence[Played], across: Axis, zero: float, top: float) -> list[Markup]:
    drawn = [_rail(top)]
    for block in played:
        result = block.result
        took = seconds(result.ended - result.started)
        tip = f"block {result.index}, {result.kind}: {since(result.started, zero)}, took {took}"
        known = result.kind if result.kind in ("diagnose", "mitigate", "fix", "verify") else "diagnose"
        drawn.append(_bar(result.started, result.ended, across, top + _TOP, f"block {known}", tip))
    return [*drawn, _name("runbook", top)]
