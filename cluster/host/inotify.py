"""Limits on file watches: four nodes with their pods need more than a fresh machine allows."""

from __future__ import annotations

import os
from pathlib import Path

from cluster.errors import HostNotReady
from cluster.host import record
from cluster.host.turn import turn
from cluster.progress import Progress

#: setting → the least that a cluster of four nodes runs with, after kind's own advice on "too many open files"
NEEDED = {"fs.inotify.max_user_instances": 512, "fs.inotify.max_user_watches": 524288}


def short(proc: Path = Path("/proc/sys")) -> dict[str, int]:
    """Settings that are too low on this host, with their present values."""
    now = {name: int((proc / name.replace(".", "/")).read_text(encoding="utf-8")) for name in NEEDED}
    return {name: value for name, value in now.items() if value < NEEDED[name]}


def mend_command(settings: dict[str, int]) -> str:
    """The command that raises these settings."""
    return "sudo sysctl -w " + " ".join(f"{name}={NEEDED[name]}" for name in settings)


def ensure(progress: Progress) -> None:
    """Raises the limits if that is needed and this is root; the record knows what they were.

    Raises:
        HostNotReady: they are too low and this is not root.
    """
    low = short()
    if not low:
        return
    if os.geteuid() != 0:
        raise HostNotReady(f"limits on file watches are too low for four nodes: {low}", mend_command(low))
    with turn():
        _lift(short(), progress)


def _lift(low: dict[str, int], progress: Progress) -> None:
    kept = record.load()
    for name, before in low.items():
        progress.say(f"raising {name} from {before} to {NEEDED[name]} (`make host-undo` takes it back)")
        if not any(setting.name == name for setting in kept.settings):
            kept.settings.append(record.Setting(name=name, before=str(before), after=str(NEEDED[name])))
    record.save(kept)
    for name in low:
        (Path("/proc/sys") / name.replace(".", "/")).write_text(str(NEEDED[name]), encoding="utf-8")
