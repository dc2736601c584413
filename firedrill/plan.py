"""What a limited time is spent on: smoke scenarios first, then changed ones by oldest proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import BrokenScenario
from experiments.catalogue import ScenarioFolder
from experiments.compile.estimate import estimate
from experiments.play.source import scenario_file
from experiments.record.kinds import RunKind, Verdict
from reports.history import Entry


@dataclass(frozen=True)
class Standing:
    """A scenario and how well it is known.

    Args:
        folder: the scenario's.
        smoke: it belongs to the short subset.
        proven: when the oldest of the newest passes of its runs began, of this content (epoch seconds); None where
            one of them is missing.
        before: the same of any content.
        needs_s: how long its runs take, as they last did, else as its declared times say.
    """

    folder: ScenarioFolder
    smoke: bool
    proven: float | None
    before: float | None
    needs_s: float


def standing(folder: ScenarioFolder, history: Sequence[Entry], runs: Path) -> Standing:
    """How well a scenario is known.

    Args:
        folder: the scenario's.
        history: of all runs.
        runs: the folder of all runs.

    Raises:
        BrokenScenario: it does not load.
    """
    own = [one for one in history if one.scenario == folder.name and one.verdict == Verdict.PASSED]
    content, kinds = folder.content_hash, folder.scenario.proved
    return Standing(
        folder=folder,
        smoke=folder.scenario.smoke,
        proven=proof(kinds, (one for one in own if one.content_hash == content)),
        before=proof(kinds, own),
        needs_s=sum(_seconds(folder, kind, own, runs) for kind in kinds),
    )


def proof(kinds: Sequence[RunKind], passes: Iterable[Entry]) -> float | None:
    """When the oldest of the newest passes of these kinds of run began; None where one of them never passed."""
    newest: dict[str, float] = {}
    for one in passes:
        newest[one.kind] = max(newest.get(one.kind, 0.0), one.time or 0.0)
    return min(newest[kind] for kind in kinds) if set(kinds) <= set(newest) else None


def order(standings: Iterable[Standing]) -> list[Standing]:
    """Those to be played: smoke first, then the unproven ones, the longest unproven first, by name where alike."""
    wanted = [one for one in standings if one.smoke or one.proven is None]
    return sorted(wanted, key=lambda one: (not one.smoke, one.before or 0.0, one.folder.name))


def survey(folders: Iterable[ScenarioFolder], history: Sequence[Entry], runs: Path) -> tuple[list[Standing], list[str]]:
    """The standing of each scenario, and a line for each that does not load."""
    found, broken = [], []
    for folder in folders:
        try:
            found.append(standing(folder, history, runs))
        except BrokenScenario as error:
            broken.append(f"{folder.name}: {error.happened}")
    return found, broken


def _seconds(folder: ScenarioFolder, kind: RunKind, passes: Sequence[Entry], runs: Path) -> float:
    measured = [one.wall for one in passes if one.kind == kind and one.wall is not None]
    return measured[-1] if measured else estimate(scenario_file(folder, kind, runs))
