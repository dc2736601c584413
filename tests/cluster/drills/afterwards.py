"""What must not be there any more when a drill is over."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol

from cluster.guard import Handle
from experiments.record.files import CleanupFile
from experiments.record.folder import RunFolder
from experiments.undo import namespaces
from tests.cluster.toolbox_run import left_over


class Over(Protocol):
    """A drill that has ended, however it was played."""

    @property
    def run(self) -> Path:
        """Its run folder."""

    @property
    def port(self) -> int:
        """Where its page was."""


def left(handle: Handle, drill: Over) -> list[str]:
    """Everything that a drill has left behind, in words: objects, differences from the snapshot, its toolbox, its page.

    Args:
        handle: the lab's.
        drill: one that has ended.
    """
    cleanup = RunFolder(drill.run).read("cleanup.json", CleanupFile)
    found = [f"namespace {name}" for name in namespaces.of_runs(handle)]
    found += [f"toolbox: {name}" for name in left_over(handle, drill.run.name)]
    found += [f"undo failed: {text}" for text in cleanup.failed]
    found += [f"differs: {text}" for text in cleanup.differences]
    found += [f"stands: {text}" for text in cleanup.standing]
    with socket.socket() as tried:
        tried.settimeout(2)
        if tried.connect_ex(("127.0.0.1", drill.port)) == 0:
            found.append(f"the page listens on {drill.port}")
    return found
