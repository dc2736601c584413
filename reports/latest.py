"""`reports/latest`, the way to the newest run."""

from __future__ import annotations

import os
from pathlib import Path


def point(run: Path) -> Path:
    """Make `latest`, beside the folder of all runs, a link to the run folder `run`, in one step; return the link.

    Raises:
        OSError: something that is no link stands at `latest`, or the folder cannot be written.
    """
    run = run.absolute()
    link = run.parent.parent / "latest"
    fresh = link.with_name(f".latest.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(run.relative_to(link.parent), target_is_directory=True)
    return fresh.replace(link)
