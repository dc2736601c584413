"""The suite as a summary in Markdown, short enough for the front page of somebody's CI."""

from __future__ import annotations

from reports.markdown import plain
from reports.suite.rows import Cell, Row, Suite
from reports.units import minute, seconds

_SIGNS = {"good": "✅", "bad": "❌", "unsure": "❔"}
_MOST = 20
"""Things left aside that are named; the page lists as many."""


def render(suite: Suite) -> str:
    """A line that says it all, a table of all scenarios, what failed and where, and what had to be done without."""
    parts = [
        f"### {_SIGNS[suite.tone]} Firedrill: {suite.word}",
        "",
        f"{plain(suite.title)}; {suite.count('bad')} not trusted, {suite.count('unsure')} not proven.",
        "",
    ]
    if suite.rows:
        kinds = suite.kinds
        parts += [f"| scenario | {' | '.join(kinds)} | wall | overhead |", f"|---|{'---|' * len(kinds)}---:|---:|"]
        parts += [_row(row, kinds) for row in suite.rows] + [""]
    parts += _list("What failed", [line for row, cell in suite.cells if cell.failed for line in _failed(row, cell)])
    parts += _list("What does not load", [plain(row.subject.broken) for row in suite.rows if row.subject.broken])
    left = [f"{plain(told.where)} {plain(told.why)}" for told in suite.told]
    more = [f"and {len(left) - _MOST} more"] if len(left) > _MOST else []
    parts += _list("Left aside", [*left[:_MOST], *more])
    return "\n".join(parts) + "\n"


def _row(row: Row, kinds: tuple[str, ...]) -> str:
    times = (row.incident.wall, row.incident.overhead) if row.incident is not None else (None, None)
    cells = [plain(row.subject.name), *(_cell(row.cell(kind)) for kind in kinds), *map(seconds, times)]
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    notes = []
    if cell.run is not None and not cell.current:
        notes.append("older content")
    if cell.reused and cell.run is not None:
        notes.append(f"reused, of {minute(cell.run.time)} UTC")
    return f"{_SIGNS[cell.tone]} {plain(cell.word)}" + (f" ({', '.join(notes)})" if notes else "")


def _failed(row: Row, cell: Cell) -> list[str]:
    head = f"**{plain(row.subject.name)}, {cell.kind}**: {plain(cell.word)}"
    found = cell.run.failed[:3] if cell.run is not None else ()
    return [head, *(f"{head}: {plain(check.told)}" for check in found)][1 if found else 0 :]


def _list(title: str, lines: list[str]) -> list[str]:
    return [f"**{title}**", "", *(f"- {line}" for line in lines), ""] if lines else []
