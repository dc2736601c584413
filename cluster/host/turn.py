"""One change of this host at a time: several checkouts share one machine, its packages, its engine and their record."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cluster.deadline import Deadline
from cluster.errors import HostNotReady
from cluster.host.record import HOST_DIR

WITHIN_S = 1200.0
"""Longer than the longest change: an index and an installation (packages.py), 300 s and 900 s at most."""


@contextmanager
def turn(folder: Path = HOST_DIR, within_s: float = WITHIN_S) -> Iterator[None]:
    """Waits until no other lab changes this host, and keeps others waiting; it ends with the process.

    Args:
        folder: where the host's record is.
        within_s: seconds to wait.

    Raises:
        HostNotReady: another one is still at it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "turn").open("w", encoding="utf-8") as file:
        deadline = Deadline(within_s)
        while not _taken(file):
            if deadline.passed():
                raise HostNotReady(
                    f"another lab has been changing this host for {within_s:.0f} s", "wait for it, then try again"
                )
            deadline.pause()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
