"""Reading and writing a run folder; every file is replaced atomically, and nothing is written with a secret in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from experiments.record.files import BlockResult, Event
from experiments.record.lines import read_lines
from experiments.record.redaction import Redaction
from experiments.record.writing import append_line, write_bytes, write_text

Model = TypeVar("Model", bound=BaseModel)


class RunFolder:
    """One run's folder, `reports/runs/<utc>-<name>-<kind>/`.

    Args:
        path: the folder; it may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.redaction = Redaction()
        self._unwritten: list[bytes] = []

    @property
    def timeline(self) -> Path:
        """The timeline, one event a line."""
        return self.path / "timeline.jsonl"

    def write(self, name: str, model: BaseModel) -> None:
        """Write a model as indented JSON to `name`."""
        self.write_json(name, model.model_dump(mode="json"))

    def write_json(self, name: str, value: JsonValue) -> None:
        """Write indented JSON to `name`."""
        text = json.dumps(self.redaction.value(value), indent=1, ensure_ascii=False)
        write_text(self.path / name, text + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write text to `name`."""
        write_text(self.path / name, self.redaction.text(text))

    def redact_again(self, name: str) -> None:
        """Take out of a block's output what has become known as secret since it was written."""
        written = (self.path / name).read_bytes()
        clean = self.redaction.clean(written)
        if clean != written:
            write_bytes(self.path / name, clean)

    def read(self, name: str, model: type[Model]) -> Model:
        """Read `name` as a model; FileNotFoundError where the run never got so far, ValidationError where damaged."""
        return model.model_validate_json((self.path / name).read_text(encoding="utf-8"))

    def has(self, name: str) -> bool:
        """Whether the run wrote `name`."""
        return (self.path / name).is_file()

    def append(self, event: Event) -> None:
        """Add an event to the timeline, on disk before it returns.

        Raises:
            NotWritten: the event is kept, and written with the next one if there is room by then.
        """
        line = json.dumps(self.redaction.value(event.model_dump(mode="json")), ensure_ascii=False)
        self._unwritten.append(line.encode())
        while self._unwritten:
            append_line(self.timeline, self._unwritten[0])
            del self._unwritten[0]

    def events(self) -> list[Event]:
        """All events in the order they were written; a last line cut short by a kill is left out.

        Raises:
            NotRead: a line before it is damaged: what stood there nobody knows.
        """
        return list(read_lines(self.timeline, Event).sound())

    def blocks(self) -> list[BlockResult]:
        """The results of the runbook's blocks, in order."""
        return [
            BlockResult.model_validate_json(path.read_text(encoding="utf-8"))
            for path in sorted((self.path / "runbook").glob("*.json"))
        ]
