"""What earlier runs measured: when the runbook of a scenario ended."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from experiments.record.files import ScenarioFile, VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.kinds import RunKind, Verdict


def measured_end(runs: Path, name: str, content_hash: str) -> float | None:
    """Seconds from injection to the end of the last fix block in the newest incident run that passed.

    Args:
        runs: the folder of all runs.
        name: the scenario.
        content_hash: of its folder; runs of another content measured another scenario.

    Returns:
        None where no such run is recorded.
    """
    for path in sorted(runs.glob(f"*-{name}-{RunKind.INCIDENT.value}"), reverse=True):
        folder = RunFolder(path)
        try:
            file = folder.read("scenario.json", ScenarioFile)
            verdict = folder.read("verdict.json", VerdictFile)
        except (FileNotFoundError, ValidationError):
            continue
        injected = next((event.at for event in folder.events() if event.what == "inject"), None)
        fixed = [block.ended for block in folder.blocks() if block.kind == "fix"]
        passed = verdict.verdict is Verdict.PASSED and file.name == name and file.content_hash == content_hash
        if passed and injected is not None and fixed:
            return max(fixed) - injected
    return None
