"""Where runs are written: `reports/runs/<utc>-<name>-<kind>/`, and `reports/latest`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from cluster.lab import Lab
from experiments.record.folder import RunFolder


def runs(lab: Lab) -> Path:
    """The folder of all runs of this checkout."""
    return lab.root / "reports" / "runs"


_LABEL = 63
"""Characters that Kubernetes allows in a label's value."""


def new_folder(lab: Lab, name: str, kind: str) -> RunFolder:
    """The folder of a run that starts now; it does not exist yet. Its name is the run's id, fit for a label.

    Args:
        lab: the lab.
        name: the scenario; empty where the run's name must not tell it.
        kind: which of its runs; cut off where the name would be too long for a label.
    """
    started = datetime.now(UTC)
    for stamp in (started.strftime("%Y%m%d-%H%M%S"), started.strftime("%Y%m%d-%H%M%S-%f")):
        path = runs(lab) / "-".join(part for part in (stamp, name, kind) if part)[:_LABEL].rstrip("-._")
        if not path.exists():
            break
    return RunFolder(path)


def point_latest(folder: RunFolder) -> Path:
    """Make `latest`, beside the folder of all runs, a link to this run, in one step; return the link.

    Raises:
        OSError: something that is no link stands at `latest`, or the folder cannot be written.
    """
    run = folder.path.absolute()
    link = run.parent.parent / "latest"
    fresh = link.with_name(f".latest.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(run.relative_to(link.parent), target_is_directory=True)
    return fresh.replace(link)
