"""Taking runs out of the history."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from reports.atomic import replace
from reports.history.line import Entry


def forget(run_ids: Collection[str], history: Path) -> int:
    """Leave out the lines of some runs; every other line stays as it is, damaged ones too.

    Args:
        run_ids: names of run folders.
        history: the file; nothing may be added to it meanwhile.

    Returns:
        how many lines went.
    """
    if not history.is_file():
        return 0
    lines = history.read_text(encoding="utf-8", errors="replace").split("\n")
    kept = [line for line in lines if _run_id(line) not in run_ids]
    if len(kept) < len(lines):
        replace(history, "\n".join(kept))
    return len(lines) - len(kept)


def _run_id(line: str) -> str | None:
    try:
        return Entry.model_validate_json(line).run_id or None
    except ValidationError:
        return None
