"""Reading the drill of a run folder as far as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from reports.drill.shapes import Card, Command, Move, Said, Score
from reports.reading.load import Gap
from reports.reading.shapes import SCHEMA_VERSION, Shape

Read = TypeVar("Read", bound=Shape)


@dataclass(frozen=True)
class Drill:
    """A drill, read. What is None is explained in `gaps`; a file of lines may be empty, as nobody did anything."""

    card: Card | None
    score: Score | None
    desk: tuple[Said, ...]
    moves: tuple[Move, ...]
    commands: tuple[Command, ...]
    gaps: tuple[Gap, ...]

    @property
    def paged(self) -> float | None:
        """The moment from which the incident's clock counts, or None."""
        return next((one.at for one in self.desk if one.what == "paged"), None)


def load_drill(run: Path) -> Drill:
    """Read the drill in a run folder; nothing missing or damaged in it raises."""
    gaps: list[Gap] = []
    return Drill(
        card=_file(run, "drill/card.json", Card, gaps),
        score=_file(run, "score.json", Score, gaps),
        # Who was killed between writing a line and remembering it may write it again.
        desk=tuple(dict.fromkeys(_lines(run, "drill/desk.jsonl", Said, gaps))),
        moves=tuple(dict.fromkeys(_lines(run, "drill/moves.jsonl", Move, gaps))),
        commands=tuple(_lines(run, "drill/commands.jsonl", Command, gaps)),
        gaps=tuple(gaps),
    )


def _file(run: Path, name: str, model: type[Read], gaps: list[Gap]) -> Read | None:
    try:
        content = json.loads((run / name).read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("schema_version") != SCHEMA_VERSION:
            gaps.append(Gap(name, f"is of another schema version than {SCHEMA_VERSION}"))
            return None
        return model.model_validate(content)
    except FileNotFoundError:
        gaps.append(Gap(name, "was not written"))
    except (OSError, ValueError) as error:
        gaps.append(Gap(name, f"is cut short or damaged: {type(error).__name__}"))
    return None


def _lines(run: Path, name: str, model: type[Read], gaps: list[Gap]) -> Iterator[Read]:
    try:
        text = (run / name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield model.model_validate_json(line)
        except ValidationError:
            gaps.append(Gap(name, f"line {number} is cut short or damaged"))
