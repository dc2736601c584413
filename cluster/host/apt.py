"""apt-get, which on a machine that lives may be busy: with its own upgrades, or with another administrator's."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from pathlib import Path

from cluster.deadline import Deadline
from cluster.errors import HostNotReady
from cluster.process import run

WITHIN_S = 300
"""How long somebody else's installation is waited for."""

_LISTS = Path("/var/lib/apt/lists/lock")


def update(*, log: Path | None = None) -> None:
    """Fetches the index of packages.

    Raises:
        HostNotReady: somebody else has been fetching it all the while.
        CommandFailed: apt-get failed.
    """
    wait_for_lists()
    run(["apt-get", "update"], timeout_s=300, log=log)


def change(*arguments: str, timeout_s: float, log: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Installs or purges, when nobody else does any more.

    Args:
        arguments: of apt-get: `install`, `-y`, names.
        timeout_s: seconds for the change itself.
        log: where its output goes.
        env: variables for it; no question is ever asked.

    Raises:
        CommandFailed: apt-get failed, or somebody else held its lock for too long.
    """
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **(env or {})}
    words = ["apt-get", "-o", f"DPkg::Lock::Timeout={WITHIN_S}", *arguments]
    run(words, timeout_s=timeout_s + WITHIN_S, log=log, env=quiet)


def wait_for_lists(lock: Path = _LISTS, within_s: float = WITHIN_S) -> None:
    """Waits until nobody fetches the index: `DPkg::Lock::Timeout` is about dpkg's own lock alone.

    Raises:
        HostNotReady: somebody still does after `within_s` seconds.
    """
    deadline = Deadline(within_s)
    while not _free(lock):
        if deadline.passed():
            raise HostNotReady(f"{lock} has been held for {within_s:.0f} s", f"see who holds it: fuser -v {lock}")
        deadline.pause()


def _free(lock: Path) -> bool:
    """Whether the lock could be had; apt takes it with fcntl, not with flock."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a", encoding="utf-8") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
    return True
