"""The Debian root file system under the lab's images."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cluster.errors import BuildFailed, HostNotReady
from cluster.host import packages
from cluster.images.spec import Rootfs
from cluster.process import run
from cluster.progress import Progress


def mirrors(targets: str) -> dict[str, str]:
    """The mirrors that this host's apt uses for Debian itself.

    Args:
        targets: lines of `apt-get indextargets --format '$(LABEL) $(COMPONENT) $(REPO_URI)'`.

    Returns:
        Label (`Debian`, `Debian-Security`) → address.
    """
    found: dict[str, str] = {}
    for line in targets.splitlines():
        label, _, rest = line.partition(" ")
        component, _, address = rest.partition(" ")
        if label in ("Debian", "Debian-Security") and component == "main":
            found.setdefault(label, address.rstrip("/"))
    return found


def sources(suite: str, found: dict[str, str]) -> list[str]:
    """Lines of a sources.list for a suite, its updates and its security fixes.

    Raises:
        HostNotReady: this host's apt knows no mirror of Debian.
    """
    if "Debian" not in found:
        raise HostNotReady(
            "this host's apt knows no mirror of Debian, from which the lab's images are made",
            "add one to /etc/apt/sources.list.d and run apt-get update",
        )
    lines = [f"deb {found['Debian']} {name} main" for name in (suite, f"{suite}-updates")]
    if "Debian-Security" in found:
        lines.append(f"deb {found['Debian-Security']} {suite}-security main")
    return lines


def build(rootfs: Rootfs, reference: str, labels: list[str], progress: Progress, log: Path) -> None:
    """Makes the root file system and imports it as an image.

    Raises:
        HostNotReady: mmdebstrap is missing and cannot be installed, or apt knows no mirror.
        CommandFailed: mmdebstrap or the import failed.
    """
    packages.install(["mmdebstrap"], progress)
    if os.geteuid() != 0:
        raise HostNotReady("a Debian root file system can only be made as root", "run this command as root once")
    listed = run(["apt-get", "indextargets", "--format", "$(LABEL) $(COMPONENT) $(REPO_URI)"])
    lines = sources(rootfs.suite, mirrors(listed))
    with tempfile.TemporaryDirectory(prefix="firedrill-rootfs-") as scratch:
        archive = Path(scratch) / "rootfs.tar"
        clean = "rm -rf $1/var/lib/apt/lists/* $1/var/cache/apt/* $1/usr/share/doc/* $1/usr/share/man/*"
        leave_out = [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "man")]
        run(
            [
                "mmdebstrap",
                "--variant=minbase",
                f"--include={','.join(rootfs.packages)}",
                *leave_out,
                f"--customize-hook={clean}",
                rootfs.suite,
                archive,
                *lines,
            ],
            timeout_s=900,
            log=log,
        )
        changes = [word for label in labels for word in ("--change", f"LABEL {label}")]
        run(["docker", "import", *changes, archive, reference], timeout_s=300, log=log)
    if not run(["docker", "images", "-q", reference]).strip():
        raise BuildFailed(f"{reference} was imported but is not there", f"read {log}")
