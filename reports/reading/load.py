"""Loading a run folder as far as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from reports.reading.shapes import (
    SCHEMA_VERSION,
    BlockResult,
    CleanupFile,
    Event,
    NotificationsFile,
    ScenarioFile,
    SignalsFile,
    VerdictFile,
)
from reports.reading.text import showable

Model = TypeVar("Model", bound=BaseModel)

LINKED = ("rules.scaled.yaml", "journal.json")
OUTPUT_LIMIT = 256 * 1024


@dataclass(frozen=True)
class Gap:
    """A file that a report had to do without, or without a part of it."""

    file: str
    why: str


@dataclass(frozen=True)
class Played:
    """A block that was executed: how it ended and what it printed (None: its output was not found)."""

    result: BlockResult
    output: str | None
    cut: bool = False


@dataclass(frozen=True)
class Run:
    """A run folder, read. What is None or empty is explained in `gaps`."""

    path: Path
    scenario: ScenarioFile | None = None
    verdict: VerdictFile | None = None
    signals: SignalsFile | None = None
    notifications: NotificationsFile | None = None
    cleanup: CleanupFile | None = None
    events: tuple[Event, ...] = ()
    played: tuple[Played, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())

    @property
    def name(self) -> str:
        """The scenario's name, from whichever file knows it; else the folder's name."""
        if self.scenario is not None:
            return self.scenario.name
        return self.verdict.scenario if self.verdict is not None else self.path.name

    @property
    def kind(self) -> str:
        """The run's kind, or `unknown`."""
        if self.scenario is not None:
            return self.scenario.kind
        return self.verdict.kind if self.verdict is not None else "unknown"


def load(path: Path) -> Run:
    """Read the run folder at `path`; nothing missing or damaged in it raises.

    Raises:
        NotADirectoryError: there is no folder at `path`.
    """
    if not path.is_dir():
        raise NotADirectoryError(f"no run folder at {path}")
    gaps: list[Gap] = []
    run = Run(
        path=path,
        scenario=_file(path, "scenario.json", ScenarioFile, gaps),
        verdict=_file(path, "verdict.json", VerdictFile, gaps),
        signals=_file(path, "signals.json", SignalsFile, gaps),
        notifications=_file(path, "notifications.json", NotificationsFile, gaps),
        cleanup=_file(path, "cleanup.json", CleanupFile, gaps),
        events=tuple(_events(path, gaps)),
        played=tuple(_played(path, gaps)),
    )
    gaps += [Gap(name, "was not written") for name in LINKED if not (path / name).is_file()]
    return Run(**{**run.__dict__, "gaps": tuple(gaps)})


def _text(path: Path, name: str, gaps: list[Gap]) -> str | None:
    try:
        return (path / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        gaps.append(Gap(name, "was not written"))
    except (OSError, UnicodeDecodeError) as error:
        gaps.append(Gap(name, f"cannot be read: {error}"))
    return None


def _file(path: Path, name: str, model: type[Model], gaps: list[Gap]) -> Model | None:
    text = _text(path, name, gaps)
    if text is None:
        return None
    try:
        content = json.loads(text, parse_constant=_not_a_number)
    except ValueError as error:
        gaps.append(Gap(name, f"is cut short or damaged: {error}"))
        return None
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        gaps.append(Gap(name, f"has schema_version {version!r}; this report reads {SCHEMA_VERSION}"))
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        gaps.append(Gap(name, f"is not as expected: {_first(error)}"))
        return None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"


def _lines(text: str) -> list[str]:
    """Lines end at a line feed only: JSON may hold other line separators of Unicode as they are."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _not_a_number(_: str) -> None:
    """NaN and infinities, which JSON does not have, become null."""


def _events(path: Path, gaps: list[Gap]) -> Iterator[Event]:
    text = _text(path, "timeline.jsonl", gaps)
    for number, line in enumerate(_lines(text or ""), start=1):
        try:
            yield Event.model_validate(json.loads(line, parse_constant=_not_a_number))
        except ValidationError as error:
            gaps.append(Gap("timeline.jsonl", f"line {number} is not as expected: {_first(error)}"))
        except ValueError:
            gaps.append(Gap("timeline.jsonl", f"line {number} is cut short or damaged"))


def _played(path: Path, gaps: list[Gap]) -> Iterator[Played]:
    for file in sorted((path / "runbook").glob("*.json")):
        name = f"runbook/{file.name}"
        result = _file(path, name, BlockResult, gaps)
        if result is None:
            continue
        try:
            with file.with_suffix(".out").open("rb") as handle:
                raw = handle.read(OUTPUT_LIMIT + 1)
        except OSError:
            gaps.append(Gap(f"runbook/{file.stem}.out", "was not written"))
            yield Played(result, None)
        else:
            text = showable(raw[:OUTPUT_LIMIT].decode("utf-8", errors="replace"))
            yield Played(result, text, cut=len(raw) > OUTPUT_LIMIT)
