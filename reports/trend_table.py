"""Trends for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports import units
from reports.history import UNJUDGED, Entry
from reports.meaning import tone
from reports.reading.text import showable
from reports.trend import Flake, Slowest, Trend

_STYLES = {"good": "green", "bad": "red", "unsure": "yellow"}
_SIGNS = {"good": "\N{CHECK MARK}", "bad": "\N{BALLOT X}", "unsure": "?"}
_NEWEST = 12
"""Verdicts of a trend on the terminal: the newest ones."""
_LISTED = 30


def overview(found: Sequence[Trend]) -> RenderableType:
    """A row for each trend, and below what changed since the last pass of each that does not pass."""
    shown = Table(title="verdicts from old to new; flakes and phases are of the newest content")
    for name in ("scenario", "kind", "verdicts", "passed", "flakes", "slowest phase", "newest"):
        shown.add_column(name, overflow="fold", justify="right" if name == "passed" else "left")
    for trend in found:
        shown.add_row(
            Text(showable(trend.scenario)),
            Text(showable(trend.kind)),
            _verdicts(trend.runs[-_NEWEST:]),
            f"{sum(one.passed for one in trend.runs)}/{len(trend.runs)}",
            _flakes(trend.flake),
            Text(_slowest(trend.slowest)),
            _newest(trend.newest),
        )
    return Group(shown, *(part for trend in found if trend.since for part in _since(trend)))


def runs(trend: Trend) -> Table:
    """The newest runs of a trend, one a row, oldest first."""
    left = len(trend.runs) - _LISTED
    older = f" (and {left} older)" if left > 0 else ""
    shown = Table(title=Text(f"{showable(trend.scenario)}, {showable(trend.kind)}{older}"), title_justify="left")
    for name in ("began", "verdict", "content", "engine", "wall", "overhead", "first failed"):
        shown.add_column(name, overflow="fold", justify="right" if name in ("wall", "overhead") else "left")
    for one in trend.runs[-_LISTED:]:
        shown.add_row(
            _began(one),
            Text(_verdict(one), _style(one)),
            Text(showable(one.content_hash[:8])),
            Text(showable(one.versions.get("engine", units.NONE)[:8])),
            units.seconds(one.wall),
            units.seconds(one.overhead),
            Text(showable(one.failed[0].told if one.failed else units.NONE)),
        )
    return shown


def _since(trend: Trend) -> list[Text]:
    last = trend.last_pass
    since = f"since it passed on {_began(last)}" if last is not None else "until now"
    head = Text.assemble((showable(f"{trend.scenario}, {trend.kind}"), "bold"), f" {_verdict(trend.newest)}; {since}:")
    return [head, *(Text(showable(f"    {line}"), overflow="fold") for line in trend.since)]


def _verdicts(newest: Sequence[Entry]) -> Text:
    return Text.assemble(*((_SIGNS[_tone(one)], _STYLES[_tone(one)]) for one in newest))


def _flakes(flake: Flake) -> Text:
    if flake.rate is None:
        return Text(units.NONE)
    engines = f", {flake.engines} engines" if flake.odd and flake.engines > 1 else ""
    return Text(f"{flake.rate:.0%} ({flake.odd} of {flake.runs}{engines})", "yellow" if flake.odd else "")


def _slowest(slowest: Slowest | None) -> str:
    if slowest is None:
        return units.NONE
    return f"{showable(slowest.phase)} {units.seconds(slowest.actual_s)}, floor {units.seconds(slowest.floor_s)}"


def _newest(one: Entry) -> Text:
    return Text.assemble((_verdict(one), _style(one)), f" {_began(one)}")


def _began(one: Entry) -> str:
    return units.clock(one.time) if one.time is not None else units.NONE


def _verdict(one: Entry) -> str:
    return "no verdict" if one.verdict == UNJUDGED else showable(one.verdict)


def _tone(one: Entry) -> str:
    return tone(None if one.verdict == UNJUDGED else one.verdict)


def _style(one: Entry) -> str:
    return _STYLES[_tone(one)]
