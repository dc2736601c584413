"""What stands in a drill's files so far, for whoever is neither the run nor the page."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from experiments.record.drill import FOLDER, Move, Said

Line = TypeVar("Line", bound=BaseModel)


def desk(run: Path) -> list[Said]:
    """What the lab has said."""
    return _lines(run / FOLDER / "desk.jsonl", Said)


def moves(run: Path) -> list[Move]:
    """What people did on the page."""
    return _lines(run / FOLDER / "moves.jsonl", Move)


def paged(run: Path) -> float | None:
    """When the first notification reached the pager (epoch seconds); None before it."""
    return next((said.at for said in desk(run) if said.what == "paged"), None)


def _lines(path: Path, model: type[Line]) -> list[Line]:
    """A line that is being written, or was cut short by a kill, is left out."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(model.model_validate_json(line))
        except ValidationError:
            continue
    return found
