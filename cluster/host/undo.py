"""Takes back what Firedrill did to this host, from its record."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

from cluster.errors import CleanupFailed, HostNotReady
from cluster.host import apt, record
from cluster.host.record import RECORD, HostRecord
from cluster.host.turn import turn
from cluster.progress import Progress

_STOP_S = 30.0


def undo(progress: Progress, path: Path = RECORD) -> None:
    """Ends daemons, puts settings back, removes packages, files and folders, newest first; then the record itself.

    Everything is tried, also when a part fails; what failed stays in the record.

    Raises:
        HostNotReady: there is something to take back and this is not root.
        CleanupFailed: a part could not be taken back; the message names it.
    """
    kept = record.load(path)
    if kept.empty:
        progress.say("nothing was installed or written on this host")
        return
    if os.geteuid() != 0:
        raise HostNotReady("what was done to this host can only be taken back as root", "sudo make host-undo")
    with turn(path.parent):
        _take_back(record.load(path), progress, path)


def _take_back(kept: HostRecord, progress: Progress, path: Path) -> None:
    with progress.phase("stop daemons"):
        kept.daemons = [daemon for daemon in kept.daemons if not _stopped(daemon)]
        record.save(kept, path)
    if kept.daemons:
        names = ", ".join(f"{daemon.name} ({daemon.pid})" for daemon in kept.daemons)
        raise CleanupFailed(f"still running: {names}", "end it, then try again")
    with progress.phase("put kernel settings back"):
        for setting in kept.settings:
            _put_back(setting)
        kept.settings = []
        record.save(kept, path)
    if kept.packages:
        with progress.phase(f"remove packages: {', '.join(kept.packages)}"):
            _purge(kept)
            record.save(kept, path)
    with progress.phase("remove files"):
        for name in (*kept.files, *kept.directories):
            target = Path(name)
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
    path.unlink()
    if path.parent.exists():
        shutil.rmtree(path.parent)


def _stopped(daemon: record.Daemon) -> bool:
    """Ends a daemon, unless its number belongs to another process by now; True if it is gone."""
    if record.started_ticks(daemon.pid) != daemon.started_ticks:
        return True
    os.kill(daemon.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_S
    while time.monotonic() < deadline:
        if record.started_ticks(daemon.pid) != daemon.started_ticks:
            return True
        time.sleep(0.1)
    return False


def _put_back(setting: record.Setting) -> None:
    """Puts a setting back, unless somebody has changed it since."""
    file = Path("/proc/sys") / setting.name.replace(".", "/")
    if file.read_text(encoding="utf-8").strip() == setting.after:
        file.write_text(setting.before, encoding="utf-8")


def _purge(kept: HostRecord) -> None:
    apt.change("purge", "-y", *kept.packages, timeout_s=600)
    kept.packages = []
