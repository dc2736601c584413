"""index.html: the suite as one page that opens offline, on a phone, on a desktop, in print."""

from __future__ import annotations

from markupsafe import Markup

from reports.history import UNJUDGED, Entry
from reports.html.environment import environment
from reports.meaning import tone
from reports.suite.rows import Row, Suite
from reports.svg.spark import spark
from reports.units import seconds


def render(suite: Suite) -> str:
    """The page as HTML: nothing in it is loaded from anywhere, and it runs no script."""
    return (
        environment()
        .get_template("suite.html.j2")
        .render(
            suite=suite,
            kinds=suite.kinds,
            failures=[(row, cell) for row, cell in suite.cells if cell.failed],
            sparks={row.subject.name: _spark(row) for row in suite.rows},
        )
    )


def _spark(row: Row) -> Markup:
    points = [(one.wall, _tone(one)) for one in row.past if one.wall is not None]
    passed = [wall for wall, how in points if how == "good"]
    took = f"; passed ones took {seconds(min(passed))} to {seconds(max(passed))}" if passed else ""
    return spark(points, f"the last {len(points)} incident runs, {len(passed)} passed{took}")


def _tone(one: Entry) -> str:
    return tone(None if one.verdict == UNJUDGED else one.verdict)
