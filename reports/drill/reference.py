"""The runbook's timeline: the run that a drill is compared with, counted from its own page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from reports.drill.shapes import Reference
from reports.drill.told import Told
from reports.reading.load import Run, load
from reports.reading.moments import moments

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True)
class Bar:
    """Something that took its time: begin and end in seconds since the page, what it was, its CSS class."""

    begin: float
    end: float
    name: str
    kind: str


@dataclass(frozen=True)
class Compared:
    """The reference: its name, its report beside this one (None: not on this machine), its blocks, its story."""

    run_id: str
    report: str | None
    bars: tuple[Bar, ...]
    told: tuple[Told, ...]


def compared(drill: Path, reference: Reference) -> Compared:
    """Read the reference run beside a drill's folder; where it is gone, the times in score.json are all there is."""
    # What stands in a file is a name of a run, never a path.
    path = drill.resolve().parent / reference.run_id if _RUN_ID.fullmatch(reference.run_id) else None
    run = load(path) if path is not None and path.is_dir() and not path.is_symlink() else None
    bars = _bars(run) if run is not None else ()
    report = f"../{reference.run_id}/report.html" if path is not None and (path / "report.html").is_file() else None
    moments_told = [
        (reference.acknowledge_s, "began its first block", "ack", "alert"),
        (reference.diagnose_s, "had its last evidence", "diagnosis", "fix"),
        (reference.mitigate_s, "users were served again", "mitigated", "mitigate"),
        (reference.fix_s, "the recovery began", "recovered", "recovery"),
    ]
    found = [Told(0.0, "lab", "the page")]
    found += [
        Told(at, "runbook", what, "", "good", mark, kind) for at, what, mark, kind in moments_told if at is not None
    ]
    found += [Told(bar.begin, "runbook", bar.name, "", "plain", "", bar.kind) for bar in bars]
    return Compared(reference.run_id, report, bars, tuple(sorted(found, key=lambda one: one.after)))


def _bars(run: Run) -> tuple[Bar, ...]:
    when = moments(run)
    if when is None or when.delivered is None:
        return ()
    zero = when.delivered
    sections = {block.index: block.section for block in run.scenario.blocks} if run.scenario is not None else {}
    results = sorted((played.result for played in run.played), key=lambda one: one.started)
    return tuple(
        Bar(
            one.started - zero,
            one.ended - zero,
            f"{one.kind}, block {one.index}" + (f" of {sections[one.index]}" if one.index in sections else ""),
            one.kind if one.kind in ("diagnose", "mitigate", "fix", "verify") else "diagnose",
        )
        for one in results
    )
