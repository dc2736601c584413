"""Reading a history, whole or damaged, of one machine or of several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from reports.history.line import Entry, Identity
from reports.history.write import entry


@dataclass(frozen=True)
class Told:
    """Something that had to be left aside: where it is, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class History:
    """All runs on record, oldest first, each once, and what could not be read."""

    entries: tuple[Entry, ...]
    told: tuple[Told, ...]


def entries(history: Path) -> Iterator[Entry]:
    """The runs of a history, oldest first, each once; what cannot be read is passed over. No file is no run."""
    yield from read(history).entries


def read(history: Path, runs: Path | None = None) -> History:
    """All runs on record.

    Args:
        history: the file; none is no run.
        runs: the folder of all runs; one in it that the file does not have (it was killed, or the file is gone) is
            read from its folder. None to look at the file only.
    """
    found: dict[Identity, Entry] = {}
    told: list[Told] = []
    for number, line in enumerate(_lines(history), start=1):
        if not line.strip():
            continue
        try:
            one = Entry.model_validate_json(line)
        except ValidationError as error:
            told.append(Told(f"{history.name}:{number}", f"was passed over: {_first(error)}"))
            continue
        other = found.get(one.identity)
        found[one.identity] = one if other is None else max(one, other, key=_weight)
    known = {one.run_id for one in found.values()}
    for path in _folders(runs):
        if path.name in known:
            continue
        one = entry(path)
        if one.kind == "unknown":
            told.append(Told(path.name, "is no run that can be read: its scenario.json is missing or damaged"))
            continue
        found[one.identity] = one
    # Older lines have no run id; the run's own folder, or a later line on it, says more.
    named = {(one.scenario, one.kind, one.time) for one in found.values() if one.run_id}
    kept = [one for one in found.values() if one.run_id or (one.scenario, one.kind, one.time) not in named]
    ordered = sorted(kept, key=lambda one: (one.time or 0.0, one.scenario, one.kind, one.run_id))
    return History(tuple(ordered), tuple(told))


def _lines(history: Path) -> list[str]:
    """The lines of the file; JSON may hold other line separators of Unicode as they are."""
    return history.read_text(encoding="utf-8", errors="replace").split("\n") if history.is_file() else []


def counts(run: Path, runs: Path) -> bool:
    """Whether a folder belongs in the history of `runs`: it stands there, and is no mutant's, broken on purpose."""
    return run.is_dir() and run.resolve().parent == runs.resolve() and "-mutant" not in run.resolve().name


def _folders(runs: Path | None) -> list[Path]:
    if runs is None or not runs.is_dir():
        return []
    return [path for path in sorted(runs.iterdir()) if counts(path, runs)]


def _weight(one: Entry) -> tuple[float, str]:
    """Of two lines on one run the later one counts, whatever their order; of two as late, always the same."""
    return (one.written or 0.0, one.model_dump_json())


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])
