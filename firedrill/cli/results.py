"""What the commands that read what runs wrote do."""

from __future__ import annotations

from pathlib import Path

import reports.console
import reports.history
import reports.html
from cluster.errors import UsageError
from experiments.judge import judge as judged
from experiments.record.folder import RunFolder
from firedrill.cli.console import out
from firedrill.runs import RUNS


def _folder(path: Path) -> RunFolder:
    folder = RunFolder(path)
    if not folder.has("scenario.json"):
        raise UsageError(f"{path} is no run folder: it has no scenario.json", "look in reports/runs")
    return folder


def judge(run: Path) -> int:
    """Judge a run folder again, without a cluster; for a run of this checkout the history gets the new verdict."""
    folder = _folder(run)
    verdict = judged(folder)
    folder.write("verdict.json", verdict)
    if reports.history.counts(folder.path, RUNS):
        reports.history.append(folder.path)
    out.print(reports.console.summary(folder.path), crop=False)
    return verdict.verdict.exit_code


def report(run: Path) -> int:
    """Write a run's report again."""
    out.print(str(reports.html.write(_folder(run).path)))
    return 0
