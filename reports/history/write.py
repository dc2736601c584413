"""Adding a run to the history."""

from __future__ import annotations

import os
import time
from pathlib import Path

from reports.history.line import UNJUDGED, Entry, Failed
from reports.reading.load import Run, load
from reports.reading.moments import moments
from reports.reading.places import place
from reports.reading.shapes import Check

NAME = "history.jsonl"

_MOST_FAILED = 10
_LONGEST_EVIDENCE = 500


def append(run: Path, history: Path | None = None) -> Entry:
    """Add the run in the folder `run` to a history and return what was added.

    The line is written in one call to a file opened for appending, so runs that end together do not mix; if an
    earlier line was cut short, this one still begins on its own.

    Args:
        run: a run folder, as far as it was written.
        history: the file; None for `history.jsonl` beside the folder of all runs.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    added = entry(run).model_copy(update={"written": time.time()})
    path = history or run.resolve().parent.parent / NAME
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        lead = "\n" if size and os.pread(handle, 1, size - 1) != b"\n" else ""
        os.write(handle, f"{lead}{added.model_dump_json()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return added


def entry(run: Path) -> Entry:
    """A run folder as a line of the history."""
    loaded = load(run)
    when, verdict = moments(loaded), loaded.verdict
    broken = verdict.broken[:_MOST_FAILED] if verdict is not None else ()
    return Entry(
        run_id=run.resolve().name,
        time=when.start if when is not None else None,
        scenario=loaded.name,
        kind=loaded.kind,
        content_hash=loaded.scenario.content_hash if loaded.scenario is not None else "",
        verdict=verdict.verdict if verdict is not None else UNJUDGED,
        wall=verdict.wall_s if verdict is not None else when.end - when.start if when is not None else None,
        floor=verdict.floor_s if verdict is not None else None,
        overhead=verdict.overhead_s if verdict is not None else None,
        ratio=verdict.ratio if verdict is not None else None,
        detect=verdict.detect_s if verdict is not None else None,
        notify=verdict.notify_s if verdict is not None else None,
        recover=verdict.recover_s if verdict is not None else None,
        phases=verdict.phases if verdict is not None else (),
        failed=tuple(_failed(check, loaded) for check in broken),
        versions=loaded.scenario.versions if loaded.scenario is not None else {},
    )


def _failed(check: Check, run: Run) -> Failed:
    where = place(check, run.scenario)
    return Failed(name=check.name, held=check.held, place=where, evidence=check.evidence[:_LONGEST_EVIDENCE])
