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
    cases = [_case(run) for run in loaded]
    took = sum(_wall(run) for run in loaded)
    suite = Tree.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped="0",
        time=f"{took:.3f}",
    )
    starts = [when.start for run in loaded if (when := moments(run)) is not None]
    if starts:
        suite.set("timestamp", datetime.fromtimestamp(min(starts), tz=UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    suite.extend(cases)
    root = Tree.Element("testsuites", name=name)
    root.append(suite)
    Tree.indent(root)
    text = Tree.tostring(root, encoding="unicode")
    return atomic.replace(into, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')


def _wall(run: Run) -> float:
    """The judge's wall time; without a verdict, from the first to the last moment that any file knows (seconds)."""
    if run.verdict is not None:
        return run.verdict.wall_s
    when = moments(run)
    return when.end - when.start if when is not None else 0.0


def _case(run: Run) -> Tree.Element:
    case = Tree.Element("testcase", classname=showable(run.name), name=showable(run.kind), time=f"{_wall(run):.3f}")
    case.append(_properties(run))
    if run.verdict is None:
        _problem(case, "error", "no verdict", meaning(None, run.kind), "\n".join(f"{g.file} {g.why}" for g in run.gaps))
    elif run.verdict.verdict != "passed":
        _judged(case, run, run.verdict)
    return case


def _judged(case: Tree.Element, run: Run, verdict: VerdictFile) -> None:
    kind = "error" if verdict.verdict in _NO_ANSWER else "failure"
    broken = verdict.broken
    message = told(broken[0], run.scenario) if broken else meaning(verdict.verdict, run.kind)
    _problem(case, kind, verdict.verdict, message, "\n".join(told(check, run.scenario) for check in broken))


def _problem(case: Tree.Element, kind: str, verdict: str, message: str, text: str) -> None:
    Tree.SubElement(case, kind, type=showable(verdict), message=showable(message)).text = showable(text)


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
