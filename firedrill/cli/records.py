"""What the commands that read the history of all runs do."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

import reports.bench
import reports.history
import reports.kills
import reports.trend
import reports.trend_table
from experiments.record.kinds import RunKind
from firedrill.cli.console import err, out
from firedrill.runs import HISTORY, ROOT, RUNS, catalogue
from firedrill.suite import write as write_suite
from reports.reading.text import showable

_TOLD = 10
"""Things left aside that are named on the terminal."""


def history(name: str | None, pack: list[Path]) -> int:
    """Verdicts, flake rate, slowest phase, and what changed since the last pass; of one scenario, also its runs."""
    found = reports.trend.trends(recall().entries)
    if name is not None:
        found = [trend for trend in found if trend.scenario == name.replace("_", "-")]
        for trend in found:
            out.print(reports.trend_table.runs(trend))
    if found:
        out.print(reports.trend_table.overview(found))
    else:
        # A scenario that is gone has its history still; one that never was is a mistake.
        known = catalogue(pack).find(name).name if name is not None else "NAME"
        out.print(f"No run is on record yet: firedrill run {known}")
    return 0


def bench(pack: list[Path], kind: RunKind | None, markdown: bool) -> int:
    """The table of all scenarios (medians, seconds) on each machine, and that of the kill matrix where there is one."""
    entries = [one for one in recall().entries if kind is None or one.kind == kind]
    rows = reports.bench.table(entries, catalogue(pack).names())
    if markdown:
        out.print(reports.bench.markdown(rows), markup=False, soft_wrap=True)
        return 0
    out.print(reports.bench.render(rows))
    killed = reports.kills.table(reports.kills.kills(ROOT / "reports" / "kills.jsonl"))
    if killed:
        out.print(reports.kills.render(killed))
    return 0


def suite(pack: list[Path]) -> int:
    """Write the page over all scenarios, JUnit and summary from what is on record: reports/latest-suite."""
    out.print(str(write_suite("All scenarios", pack)), soft_wrap=True, markup=False)
    return 0


def recall() -> reports.history.History:
    """All runs on record; what could not be read is told on standard error."""
    recorded = reports.history.read(HISTORY, RUNS)
    for told in recorded.told[:_TOLD]:
        err.print(Text(f"{showable(told.where)} {showable(told.why)}", "yellow"), soft_wrap=True)
    if len(recorded.told) > _TOLD:
        err.print(Text(f"and {len(recorded.told) - _TOLD} more", "yellow"))
    return recorded
