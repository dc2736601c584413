"""Room on the host's disk: a run that could not be written is not begun."""

from __future__ import annotations

import shutil

from cluster.errors import HostNotReady
from cluster.lab import Lab
from experiments.play.folder import runs

ROOM = 32 * 1024 * 1024
"""Bytes: a runbook of a dozen blocks keeps at most 12 MiB of output, and its report shows them once more."""


def refuse_full_disk(lab: Lab) -> None:
    """Refuse to begin where the run folder or the undo journal would have no room.

    Raises:
        HostNotReady: less than 32 MiB are free; nothing was touched.
    """
    for folder in (runs(lab), lab.state / "undo"):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(there).free
        if free < ROOM:
            raise HostNotReady(
                f"{there} has {free // 2**20} MiB free; a run needs {ROOM // 2**20} MiB for what it writes.",
                f"df -h {there}: make room there",
            )
