"""Reading and writing a run folder; every file is replaced atomically."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from experiments.record.files import BlockResult, Event

Model = TypeVar("Model", bound=BaseModel)


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step, on disk before it is seen (fsync, then rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


class RunFolder:
    """One run's folder, `reports/runs/<utc>-<name>-<kind>/`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def timeline(self) -> Path:
        """The timeline, one event a line."""
        return self.path / "timeline.jsonl"

    def write(self, name: str, model: BaseModel) -> None:
        """Write a model as indented JSON to `name`."""
        write_text(self.path / name, model.model_dump_json(indent=1) + "\n")

    def read(self, name: str, model: type[Model]) -> Model:
        """Read `name` as a model; FileNotFoundError where the run never got so far, ValidationError where damaged."""
        return model.model_validate_json((self.path / name).read_text(encoding="utf-8"))

    def has(self, name: str) -> bool:
        """Whether the run wrote `name`."""
        return (self.path / name).is_file()

    def append(self, event: Event) -> None:
        """Add an event to the timeline, on disk before it returns."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self.timeline.open("a", encoding="utf-8") as handle:
            handle.write(event.model_dump_json() + "\n")
            handle.flush()
            os.fsync(handle.fileno())

    def events(self) -> list[Event]:
        """All events in the order they were written; a last line cut short by a kill is left out."""
        if not self.timeline.is_file():
            return []
        events = []
        for line in self.timeline.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            try:
                events.append(Event.model_validate(json.loads(line)))
            except json.JSONDecodeError:
                break
        return events

    def blocks(self) -> list[BlockResult]:
        """The results of the runbook's blocks, in order."""
        return [
            BlockResult.model_validate_json(path.read_text(encoding="utf-8"))
            for path in sorted((self.path / "runbook").glob("*.json"))
        ]
