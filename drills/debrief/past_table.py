"""Past drills on the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from drills.debrief.past import Record
from reports.reading.text import showable
from reports.units import minute, seconds


def table(record: Record) -> Table:
    """A row for each drill, oldest first; one that does not count says so instead of its points."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column("run", overflow="fold")
    made.add_column("when (UTC)", no_wrap=True)
    made.add_column("player", overflow="fold")
    made.add_column("mode")
    made.add_column("outcome")
    for name in ("points", "detect", "mitigate", "fix"):
        made.add_column(name, justify="right", no_wrap=True)
    for one in record.drills:
        score = one.score
        points = Text(str(score.points)) if score.counts else Text("does not count", "yellow")
        made.add_row(
            Text(showable(one.run_id)),
            minute(one.at),
            Text(showable(score.player)),
            score.mode.value,
            Text(score.outcome, "green" if score.outcome == "fixed" else "yellow"),
            points,
            seconds(one.detect_s),
            seconds(one.mitigate_s),
            seconds(one.fix_s),
        )
    return made
