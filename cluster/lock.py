"""One `up` or `down` at a time in a checkout."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from cluster.errors import LabBusy
from cluster.lab import Lab


@contextmanager
def exclusively(lab: Lab) -> Iterator[None]:
    """Holds the checkout's lab while it is made or taken down; the lock ends with the process.

    Raises:
        LabBusy: another process holds it.
    """
    lab.state.mkdir(parents=True, exist_ok=True)
    with (lab.state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise LabBusy("another process is making or taking down this checkout's lab", "wait for it") from held
        yield
