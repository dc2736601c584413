"""What happens when a drill is over: score, draft, report, and the page of all drills."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import reports.html
from drills.debrief import past_page, postmortem
from drills.score import NAME as SCORE
from drills.score import ScoreFile, read, reference, score
from experiments.record.drill import FOLDER
from experiments.record.folder import RunFolder
from experiments.record.lines import read_bytes
from experiments.record.writing import write_text, writing


@dataclass(frozen=True)
class Concluded:
    """A drill with its score; the files that tell of it, and the page of all drills."""

    score: ScoreFile
    report: Path
    postmortem: Path
    page: Path


def conclude_drill(folder: RunFolder) -> Concluded:
    """Score a drill, draft its postmortem, write its report again with both, and the page of all drills.

    Secrets that people wrote into a note are taken out first, as far as the run knows them: the page that took the
    note knew none.

    To be called after verdict.json is written; calling it again gives the same score. A postmortem.md that is there
    already stays as it is: people write their answers into it. Remove the file to have a fresh draft.

    Args:
        folder: the drill's run folder.

    Raises:
        FileNotFoundError: there is no drill in the folder.
        NotRead: a file of lines is there and may not be read.
        NotWritten: a file cannot be written.
        pydantic.ValidationError: a file of the run is damaged.
    """
    for name in ("moves.jsonl", "commands.jsonl"):
        _redact_lines(folder, f"{FOLDER}/{name}")
    drill, runs = read(folder.path), folder.path.resolve().parent
    found = score(drill, reference.find(runs, drill.card.scenario))
    folder.write(SCORE, found)
    written = folder.path / postmortem.NAME
    if not written.exists():
        folder.write_text(postmortem.NAME, postmortem.draft(folder, drill, found))
    with writing(folder.path):
        report = reports.html.write(folder.path)
        page = past_page.write(runs)
    return Concluded(found, report, written, page)


def _redact_lines(folder: RunFolder, name: str) -> None:
    """Take the secrets that the run knows out of a file of lines; one that cannot be read stays as it is."""
    path = folder.path / name
    written = read_bytes(path).decode(errors="replace")
    clean = "\n".join(_redacted(folder, line) for line in written.split("\n"))
    if clean != written:
        write_text(path, clean)


def _redacted(folder: RunFolder, line: str) -> str:
    try:
        value = json.loads(line)
    except ValueError:
        return folder.redaction.text(line)
    clean = folder.redaction.value(value)
    return line if clean == value else json.dumps(clean, ensure_ascii=False)
