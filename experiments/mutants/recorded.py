"""The recorded runs that mutants are made from."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from cluster.errors import NotRead
from experiments.judge import judge
from experiments.record.files import ScenarioFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict


def newest_passed(runs: Path, name: str, content_hash: str, kind: RunKind) -> RunFolder | None:
    """The newest run of this content that passed, and passes today's judge.

    A run that the judge does not let pass says nothing when it is broken further.

    Args:
        runs: the folder of all runs.
        name: the scenario.
        content_hash: of its folder.
        kind: which of its runs.
    """
    for path in sorted(runs.glob(f"*-{name}-{kind.value}"), reverse=True):
        folder = RunFolder(path)
        try:
            file = folder.read("scenario.json", ScenarioFile)
            if (file.name, file.content_hash) != (name, content_hash):
                continue
            if judge(folder).verdict is Verdict.PASSED:
                return folder
        except (FileNotFoundError, ValidationError, NotRead):
            continue
    return None
