"""Which proofs of earlier nights still hold: the same content, engine and lab images, and not too long ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from experiments.catalogue import ScenarioFolder
from experiments.mutants.result import FILE, MutantsFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import Verdict
from firedrill.plan import proof
from reports.history import Entry, same_ground


@dataclass(frozen=True)
class Ground:
    """What an earlier result must have stood on to count.

    Args:
        plays: what would play it now, by name: `engine`, `image shop`.
        since: it began at this moment or later (epoch seconds).
    """

    plays: Mapping[str, str]
    since: float

    def carries(self, began: float, versions: Mapping[str, str]) -> bool:
        """Whether a result that began then and was given by these versions still says something."""
        return began >= self.since and same_ground(versions, self.plays) is True


def proven(folder: ScenarioFolder, history: Iterable[Entry], ground: Ground) -> float | None:
    """When the proof of a scenario began that still holds (epoch seconds); None where there is none.

    Args:
        folder: the scenario's.
        history: of all runs.
        ground: what the proof must stand on.

    Raises:
        BrokenScenario: the scenario does not load.
    """
    name, content = folder.name, folder.content_hash
    passes = [
        one
        for one in history
        if (one.scenario, one.content_hash, one.verdict) == (name, content, Verdict.PASSED)
        and ground.carries(one.time or 0.0, one.versions)
    ]
    return proof(folder.scenario.proved, passes)


def tried(folder: ScenarioFolder, runs: Path, ground: Ground) -> float | None:
    """When all mutants of a scenario were tried last, and none survived, where that still holds; else None.

    Args:
        folder: the scenario's.
        runs: the folder of all runs.
        ground: what the trial must have stood on.
    """
    for path in sorted(runs.glob(f"*-{folder.name}-mutants"), reverse=True):
        try:
            record = RunFolder(path).read(FILE, MutantsFile)
        except (FileNotFoundError, ValidationError):
            continue  # it never came to its first mutant
        same = (record.scenario, record.content_hash) == (folder.name, folder.content_hash)
        if same and record.whole and not record.survivors and ground.carries(record.began, record.versions):
            return record.began
    return None
