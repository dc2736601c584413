"""From the history and the catalogue as it is now to the rows of the suite report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from reports.history import UNJUDGED, Entry, History, Told, same_ground
from reports.suite.rows import Cell, Row, Subject, Suite

_PAST = 30
"""Incident runs that a sparkline shows: the newest ones."""


@dataclass(frozen=True)
class Batch:
    """What was just played: its name, and the scenarios whose earlier proof it took for its own."""

    title: str
    reused: Collection[str] = field(default_factory=frozenset)


def build(subjects: Iterable[Subject], history: History, runs: Path, batch: Batch, at: float) -> Suite:
    """Put together what the suite report tells.

    Args:
        subjects: the scenarios as they are now; each has a row, even if it was never played.
        history: all runs on record.
        runs: the folder of all runs, beside the report's own.
        batch: what was just played.
        at: now (epoch seconds).
    """
    found = sorted(subjects, key=lambda one: one.name)
    together: dict[tuple[str, str], list[Entry]] = {}
    for one in history.entries:
        together.setdefault((one.scenario, one.kind), []).append(one)
    names = {one.name for one in found}
    rows = []
    for subject in found:
        cells = (_cell(subject, kind, together.get((subject.name, kind), []), runs, batch) for kind in subject.kinds)
        past = together.get((subject.name, subject.kinds[0]), [])[-_PAST:]
        rows.append(Row(subject, tuple(cells), tuple(past)))
    others = Counter(one.scenario for one in history.entries if one.scenario not in names)
    unjudged = [one.run_id for one in history.entries if one.scenario in names and one.verdict == UNJUDGED]
    told = (*history.told, *(Told(run, "has no verdict: it was killed, or is still being played") for run in unjudged))
    return Suite(batch.title, at, tuple(rows), told, dict(sorted(others.items())), len(history.entries))


def _cell(subject: Subject, kind: str, played: list[Entry], runs: Path, batch: Batch) -> Cell:
    current = [one for one in played if one.content_hash == subject.content_hash]
    if not played:
        return Cell(kind, None)
    run = (current or played)[-1]
    return Cell(
        kind,
        run,
        current=bool(current),
        engine_changed=_changed(run, subject),
        reused=bool(current) and subject.name in batch.reused,
        report=_report(run, runs),
    )


def _changed(run: Entry, subject: Subject) -> bool | None:
    """Whether engine or images are others now than those that played a run."""
    same = same_ground(run.versions, subject.ground)
    return None if same is None else not same


def _report(run: Entry, runs: Path) -> str | None:
    """The way from the page to a run's report, if it is on this machine; a name that leads elsewhere is none."""
    inside = run.run_id not in ("", ".", "..") and Path(run.run_id).name == run.run_id
    if not inside or not (runs / run.run_id / "report.html").is_file():
        return None
    return f"../{quote(runs.name)}/{quote(run.run_id)}/report.html"
