"""Which node image the cluster is made from: one that was asked for, kind's own, or one built here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: environment variable that names a node image
OVERRIDE = "NODE_IMAGE"


@dataclass(frozen=True)
class Host:
    """What the choice depends on.

    Args:
        override: the image that NODE_IMAGE names; empty if none.
        cgroup_version: version of the host's control groups, 1 or 2.
        upstream_at_hand: kind's own image is in the engine already, or a registry answered for it within seconds.
    """

    override: str
    cgroup_version: int
    upstream_at_hand: bool


@dataclass(frozen=True)
class Choice:
    """The image to use and why."""

    source: Literal["override", "upstream", "built"]
    why: str


def choose(host: Host) -> Choice:
    """Chooses: what was asked for, else kind's pinned image where it can run and be had, else one built here."""
    if host.override:
        return Choice("override", f"{OVERRIDE}={host.override}")
    if host.cgroup_version == 1:
        # systemd 257 of that image refuses to boot on cgroup v1 without an argument that only our image passes.
        return Choice("built", "this host runs cgroup v1, on which kind's own node image does not boot")
    if host.upstream_at_hand:
        return Choice("upstream", "kind's own node image is at hand")
    return Choice("built", "no image registry answered for kind's own node image")


def cgroup_version(mount: Path = Path("/sys/fs/cgroup")) -> int:
    """Version of the control groups that this host's containers get: 2 only where it alone is mounted."""
    return 2 if (mount / "cgroup.controllers").exists() else 1
