"""The suite as JUnit XML: a case for each scenario and run kind."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

from reports import junit
from reports.meaning import meaning
from reports.reading.text import showable
from reports.suite.rows import Cell, Subject, Suite
from reports.units import minute


def render(suite: Suite) -> str:
    """The document: what failed is a failure, what says nothing an error, what was not played of this content skipped.

    The message of a failure begins with file and line of the condition, rule or block that did not hold.
    """
    cases = [_case(row.subject, cell) for row, cell in suite.cells]
    times = [cell.run.time for _, cell in suite.cells if cell.run is not None and cell.run.time is not None]
    return junit.document(cases, "firedrill", min(times, default=None))


def _case(subject: Subject, cell: Cell) -> Tree.Element:
    run = cell.run
    took = run.wall if run is not None and cell.current and run.wall is not None else 0.0
    case = junit.case(subject.name, cell.kind, took)
    if subject.broken:
        junit.problem(case, "error", "does not load", subject.broken, subject.broken)
    elif run is None:
        Tree.SubElement(case, "skipped", message="never played")
    elif not cell.current:
        told = f"the newest run, {run.run_id}, of {minute(run.time)} UTC, is of older content: {cell.word}"
        Tree.SubElement(case, "skipped", message=showable(told))
    else:
        _properties(case, cell)
        if not run.passed:
            broken = [check.told for check in run.failed]
            message = broken[0] if broken else meaning(run.verdict if run.judged else None, cell.kind)
            kind = "failure" if cell.failed else "error"
            junit.problem(case, kind, cell.word, message, "\n".join(broken))
    return case


def _properties(case: Tree.Element, cell: Cell) -> None:
    if cell.run is None:
        return
    run = cell.run
    found = Tree.SubElement(case, "properties")
    named = {"run": run.run_id, "verdict": cell.word, "played": f"{minute(run.time)} UTC", "content": run.content_hash}
    if cell.reused:
        named["reused"] = f"the proof of {minute(run.time)} UTC"
    figures = {"floor_s": run.floor, "overhead_s": run.overhead, "detect_s": run.detect, "notify_s": run.notify}
    named |= {name: f"{value:.3f}" for name, value in figures.items() if value is not None}
    for name, value in named.items():
        Tree.SubElement(found, "property", name=name, value=showable(value))
