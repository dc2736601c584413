"""Debian packages that the lab needs on the host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from cluster.errors import HostNotReady
from cluster.host import apt, record
from cluster.host.turn import turn
from cluster.process import run
from cluster.progress import Progress

#: package → a program that shows that it, or something equal, is there
PROGRAMS = {"chromium": "chromium", "docker.io": "dockerd", "iptables": "iptables", "mmdebstrap": "mmdebstrap"}


def absent(wanted: Sequence[str]) -> list[str]:
    """Those of the wanted packages whose program is not on this host."""
    return [name for name in wanted if shutil.which(PROGRAMS[name]) is None]


def install(wanted: Sequence[str], progress: Progress) -> None:
    """Installs what is missing, on a Debian-like host and as root; does nothing if nothing is.

    Raises:
        HostNotReady: something is missing and this is not root on a Debian-like host; the message has the commands.
        CommandFailed: apt-get failed, or somebody else was at it for too long.
    """
    missing = absent(wanted)
    if not missing:
        return
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        raise HostNotReady(
            f"this host lacks {', '.join(PROGRAMS[name] for name in missing)} and is not Debian-like",
            "install that with this system's own packages (a Docker engine has to run, too), then try again",
        )
    if os.geteuid() != 0:
        raise HostNotReady(f"this host lacks {', '.join(missing)}", f"sudo sh -c '{command}'")
    with turn():
        still = absent(missing)  # another lab may have installed them meanwhile
        if still:
            _install(still, progress)


def _install(missing: list[str], progress: Progress) -> None:
    progress.say(f"installing Debian packages on this host: {', '.join(missing)} (`make host-undo` takes them back)")
    log = progress.log("host-packages")
    before = _installed()
    kept = record.load()
    # Written before: should the installation be cut off, the packages asked for are still known.
    kept.packages += [name for name in missing if name not in kept.packages]
    record.save(kept)
    apt.update(log=log)
    ours = {"RUNLEVEL": "1"}  # the engine is started by us, with its flags
    apt.change("install", "-y", "--no-install-recommends", *missing, timeout_s=900, log=log, env=ours)
    kept.packages += sorted(_installed() - before - set(kept.packages))
    record.save(kept)


def _installed() -> set[str]:
    listed = run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n"])
    return {line.split()[1] for line in listed.splitlines() if line.startswith("ii")}


def debian_like(release: Path = Path("/etc/debian_version")) -> bool:
    """True if packages can be installed with apt-get here."""
    return release.exists() and shutil.which("apt-get") is not None
