"""Runs as JUnit XML, for whatever shows test results in somebody's CI."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Tree

from reports import atomic, units
from reports.meaning import meaning
from reports.reading.load import Run, load
from reports.reading.moments import moments
from reports.reading.places import told
from reports.reading.shapes import VerdictFile
from reports.reading.text import showable

_NO_ANSWER = ("lab-error", "interrupted")


def write(run: Path) -> Path:
    """Write `junit.xml` with the run's one test case into the run folder `run`, and return its path.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    return merge([run], run / "junit.xml")


def merge(runs: Sequence[Path], into: Path, name: str = "firedrill") -> Path:
    """Write the test cases of several run folders as one suite to the file `into`, and return it.

    A run that failed is a failure; one that says nothing about its scenario (lab error, interrupted, never judged) is
    an error.

    Raises:
        NotADirectoryError: one of the folders is not there.
    """
    loaded = [load(path) for path in runs]
    starts = [when.start for run in loaded if (when := moments(run)) is not None]
    return atomic.replace(into, document([_case(run) for run in loaded], name, min(starts, default=None)))


def document(cases: Sequence[Tree.Element], name: str, began: float | None) -> str:
    """Test cases as one suite of that name, which began then (epoch seconds)."""
    suite = Tree.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(one.find("failure") is not None for one in cases)),
        errors=str(sum(one.find("error") is not None for one in cases)),
        skipped=str(sum(one.find("skipped") is not None for one in cases)),
        time=f"{sum(float(one.get('time', 0)) for one in cases):.3f}",
    )
    if began is not None:
        suite.set("timestamp", datetime.fromtimestamp(began, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    suite.extend(cases)
    root = Tree.Element("testsuites", name=name)
    root.append(suite)
    Tree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Tree.tostring(root, encoding="unicode")}\n'


def case(scenario: str, kind: str, took: float) -> Tree.Element:
    """A test case: one run of that kind, and how long it took (seconds)."""
    return Tree.Element("testcase", classname=showable(scenario), name=showable(kind), time=f"{took:.3f}")


def problem(case: Tree.Element, kind: str, verdict: str, message: str, text: str) -> None:
    """Add a `failure` or `error` to a case."""
    Tree.SubElement(case, kind, type=showable(verdict), message=showable(message)).text = showable(text)


def _wall(run: Run) -> float:
    """The judge's wall time; without a verdict, from the first to the last moment that any file knows (seconds)."""
    if run.verdict is not None:
        return run.verdict.wall_s
    when = moments(run)
    return when.end - when.start if when is not None else 0.0


def _case(run: Run) -> Tree.Element:
    one = case(run.name, run.kind, _wall(run))
    one.append(_properties(run))
    if run.verdict is None:
        problem(one, "error", "no verdict", meaning(None, run.kind), "\n".join(f"{g.file} {g.why}" for g in run.gaps))
    elif run.verdict.verdict != "passed":
        _judged(one, run, run.verdict)
    return one


def _judged(case: Tree.Element, run: Run, verdict: VerdictFile) -> None:
    kind = "error" if verdict.verdict in _NO_ANSWER else "failure"
    broken = verdict.broken
    message = told(broken[0], run.scenario) if broken else meaning(verdict.verdict, run.kind)
    problem(case, kind, verdict.verdict, message, "\n".join(told(check, run.scenario) for check in broken))


def _properties(run: Run) -> Tree.Element:
    found = Tree.Element("properties")

    def add(name: str, value: str) -> None:
        Tree.SubElement(found, "property", name=name, value=showable(value))

    if run.verdict is not None:
        verdict = run.verdict
        add("run", verdict.run_id)
        add("verdict", verdict.verdict)
        figures = {
            "floor_s": verdict.floor_s,
            "overhead_s": verdict.overhead_s,
            "ratio": verdict.ratio,
            "detect_s": verdict.detect_s,
            "notify_s": verdict.notify_s,
            "recover_s": verdict.recover_s,
            "resolve_s": verdict.resolve_s,
        }
        for name, value in figures.items():
            if value is not None:
                add(name, f"{value:.3f}")
    for delivery in run.notifications.deliveries if run.notifications is not None else ():
        add("delivery", f"{units.clock(delivery.at)} {delivery.alert} {delivery.status} at {delivery.receiver}")
    return found
