"""What Firedrill did to this host, written before it is done, so that `host-undo` can take it back.

The record belongs to the machine and not to a checkout: several checkouts share one engine.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

HOST_DIR = Path("/var/lib/firedrill")
RECORD = HOST_DIR / "host.json"


class Daemon(BaseModel):
    """A process that was started and left running."""

    model_config = ConfigDict(extra="forbid")
    name: str
    pid: int
    started_ticks: int = Field(description="field 22 of /proc/PID/stat: a later process with the same pid differs")


class Setting(BaseModel):
    """A kernel setting that was changed."""

    model_config = ConfigDict(extra="forbid")
    name: str
    before: str
    after: str


class HostRecord(BaseModel):
    """Everything that has to be taken back, in the order in which it was done."""

    model_config = ConfigDict(extra="forbid")
    schema_version: Literal[1] = 1
    packages: list[str] = []
    files: list[str] = []
    directories: list[str] = Field(default=[], description="with all that is in them, such as the engine's data")
    daemons: list[Daemon] = []
    settings: list[Setting] = []

    @property
    def empty(self) -> bool:
        """True if there is nothing to take back."""
        return not (self.packages or self.files or self.directories or self.daemons or self.settings)


def load(path: Path = RECORD) -> HostRecord:
    """The record of this host; an empty one if nothing was ever done."""
    if not path.exists():
        return HostRecord()
    return HostRecord.model_validate_json(path.read_text(encoding="utf-8"))


def save(record: HostRecord, path: Path = RECORD) -> None:
    """Replaces the record atomically and flushes it to disk: it is written before the host is changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as sink:
        json.dump(record.model_dump(mode="json"), sink, indent=2)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(path)


def started_ticks(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None if there is none of that number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(stat.rpartition(")")[2].split()[19])
