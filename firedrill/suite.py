"""The suite report: the catalogue as it is now, and what is on record of it."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import reports.history
import reports.suite
from cluster.errors import BrokenScenario, BuildFailed
from experiments.catalogue import ScenarioFolder
from experiments.play.versions import versions
from experiments.record.writing import writing
from firedrill.runs import HISTORY, REPORTS, ROOT, RUNS, catalogue
from reports.suite import Batch, Subject, Suite

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file that a CI shows on a job's front page; set by the CI."""

_GROUND = ("engine", "image ")


def write(title: str, packs: list[Path], reused: Collection[str] = ()) -> Path:
    """Write `reports/latest-suite` anew, and append its summary to the file that the CI names, if it does.

    Args:
        title: what was played.
        packs: folders of further scenarios.
        reused: scenarios whose earlier proof was taken over instead of playing them again.

    Returns:
        the page.

    Raises:
        NotWritten: the report or the CI's file cannot be written.
    """
    suite = gather(title, packs, reused)
    into = REPORTS / reports.suite.FOLDER
    with writing(into):
        page = reports.suite.write(suite, into)
    named = os.environ.get(SUMMARY)
    if named:
        with writing(Path(named)), Path(named).open("a", encoding="utf-8") as file:
            file.write((into / "summary.md").read_text(encoding="utf-8"))
    return page


def gather(title: str, packs: list[Path], reused: Collection[str] = ()) -> Suite:
    """What the report tells; see `write`."""
    grounds = functools.cache(ground)  # of each pack once: it reads the whole engine
    subjects = [subject(folder, grounds) for folder in catalogue(packs).folders()]
    history = reports.history.read(HISTORY, RUNS)
    return reports.suite.build(subjects, history, RUNS, Batch(title, frozenset(reused)), time.time())


def ground(pack: Path) -> dict[str, str]:
    """What would play a pack's scenarios now: engine and lab images.

    Raises:
        BuildFailed: an image of the checkout or the pack cannot be described.
    """
    return {name: what for name, what in versions(ROOT, pack).items() if name.startswith(_GROUND)}


def subject(folder: ScenarioFolder, grounds: Callable[[Path], Mapping[str, str]]) -> Subject:
    """A scenario folder as the report needs it; one that does not load says why."""
    label = f"{folder.pack.name}/{folder.path.name}"
    try:
        scenario = folder.scenario
        plays = grounds(folder.pack)
    except (BrokenScenario, BuildFailed) as error:
        return Subject(folder.name, label, folder.content_hash, broken=error.happened)
    return Subject(
        name=folder.name,
        folder=label,
        content_hash=folder.content_hash,
        title=scenario.title,
        detects=tuple(one.alert for one in scenario.detects),
        silent=scenario.silent,
        kinds=tuple(kind.value for kind in scenario.proved),
        ground=plays,
    )
