"""Past drills of a person or a team, from their run folders.

Three times are compared, all from the page on: to *detect* is to acknowledge (from then on somebody has it), to
*mitigate* until users were served again, to *fix* until the recovery that was accepted began. How long an alert needs
is the rule's time and no person's, so it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from cluster.errors import NotRead
from drills.score import NAME, Drill, ScoreFile, read
from experiments.record.drill import FOLDER
from reports.history import Told


@dataclass(frozen=True)
class Past:
    """One past drill: when the page came (epoch seconds; the beginning where none did), its score, its report.

    Args:
        report: relative to the folder that `runs` stands in; None where there is none.
    """

    run_id: str
    at: float
    score: ScoreFile
    report: str | None

    @property
    def detect_s(self) -> float | None:
        """From the page to the acknowledgement (seconds)."""
        return self.score.times.acknowledge_s

    @property
    def mitigate_s(self) -> float | None:
        """From the page to the mitigation (seconds)."""
        return self.score.times.mitigate_s

    @property
    def fix_s(self) -> float | None:
        """From the page to the fix (seconds)."""
        return self.score.times.fix_s


@dataclass(frozen=True)
class Record:
    """All drills that are over, oldest first, and the folders that could not be read."""

    drills: tuple[Past, ...]
    told: tuple[Told, ...]

    @property
    def players(self) -> tuple[str, ...]:
        """The pseudonyms, in order of the alphabet."""
        return tuple(sorted({one.score.player for one in self.drills}))

    def of(self, player: str) -> tuple[Past, ...]:
        """The drills of one pseudonym, oldest first."""
        return tuple(one for one in self.drills if one.score.player == player)


def past(runs: Path, player: str | None = None) -> Record:
    """Read all drills that were scored.

    Args:
        runs: the folder of all runs.
        player: only the drills of this pseudonym.
    """
    found, told = [], []
    for path in drill_folders(runs):
        if not (path / NAME).is_file():
            continue  # it is being played, or its end was cut short: nobody has scored it yet
        try:
            score = ScoreFile.model_validate_json((path / NAME).read_text(encoding="utf-8"))
            drill = read(path)
        except (OSError, ValidationError, NotRead) as error:
            told.append(Told(path.name, f"is no drill that can be read: {type(error).__name__}"))
            continue
        if player is None or score.player == player:
            report = f"{runs.name}/{path.name}/report.html" if (path / "report.html").is_file() else None
            found.append(Past(path.name, _at(drill), score, report))
    return Record(tuple(sorted(found, key=lambda one: (one.at, one.run_id))), tuple(told))


def drill_folders(runs: Path) -> Iterator[Path]:
    """The run folders below `runs` that hold a drill; a link is none."""
    if not runs.is_dir():
        return
    for path in sorted(runs.iterdir()):
        if path.is_dir() and not path.is_symlink() and (path / FOLDER / "card.json").is_file():
            yield path


def _at(drill: Drill) -> float:
    return drill.paged if drill.paged is not None else drill.desk[0].at if drill.desk else 0.0
