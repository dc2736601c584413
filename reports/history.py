"""The history of all runs, one line of JSON each, from which the bench takes its figures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from reports.reading.load import load
from reports.reading.moments import moments
from reports.reading.shapes import PhaseTime


class Entry(BaseModel):
    """One run: when it began (epoch seconds), what it was, what came out; durations in seconds.

    A run that was never judged has the verdict `none` and no figure but its wall time.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    schema_version: Literal[1] = 1
    time: float | None
    scenario: str
    kind: str
    content_hash: str
    verdict: str
    wall: float | None
    floor: float | None
    overhead: float | None
    ratio: float | None
    detect: float | None
    notify: float | None
    recover: float | None
    phases: tuple[PhaseTime, ...] = ()


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
    added = entry(run)
    path = history or run.absolute().parent.parent / "history.jsonl"
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
    return Entry(
        time=when.start if when is not None else None,
        scenario=loaded.name,
        kind=loaded.kind,
        content_hash=loaded.scenario.content_hash if loaded.scenario is not None else "",
        verdict=verdict.verdict if verdict is not None else "none",
        wall=verdict.wall_s if verdict is not None else when.end - when.start if when is not None else None,
        floor=verdict.floor_s if verdict is not None else None,
        overhead=verdict.overhead_s if verdict is not None else None,
        ratio=verdict.ratio if verdict is not None else None,
        detect=verdict.detect_s if verdict is not None else None,
        notify=verdict.notify_s if verdict is not None else None,
        recover=verdict.recover_s if verdict is not None else None,
        phases=verdict.phases if verdict is not None else (),
    )


def entries(history: Path) -> Iterator[Entry]:
    """The runs of a history, oldest first; a line that was cut short is passed over. No file is no run."""
    if not history.is_file():
        return
    for line in history.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            yield Entry.model_validate_json(line)
        except ValidationError:
            continue
