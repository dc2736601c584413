"""What is mounted where: a container's volume, as its node sees it, and whether it is small and its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cluster.errors import LabError

_ESCAPE = re.compile(r"\\([0-7]{3})")
_DISKS = ("/", "/var")
"""What a node keeps on its host's disk."""


@dataclass(frozen=True)
class Mount:
    """One line of /proc/PID/mountinfo; see proc_pid_mountinfo(5).

    Args:
        device: major and minor number of the file system, `0:57`.
        root: the folder of the file system that is mounted.
        point: where it is mounted.
        kind: the file system's type.
        source: its device, or what stands for one.
        options: of the file system itself.
    """

    device: str
    root: PurePosixPath
    point: PurePosixPath
    kind: str
    source: str
    options: str


def read_mounts(text: str) -> list[Mount]:
    """The lines of a mountinfo file."""
    found = []
    for line in text.splitlines():
        own, _, file_system = line.partition(" - ")
        _, _, device, root, point, *_ = own.split(" ")
        kind, source, options = file_system.split(" ", 2)
        found.append(Mount(device, _path(root), _path(point), kind, source, options))
    return found


def size_limited(inside: Sequence[Mount], on_node: Sequence[Mount], point: str) -> Mount:
    """The volume that a container has mounted at `point`, if it is one that may be filled.

    Args:
        inside: the container's mounts.
        on_node: its node's.
        point: the volume's mount path in the container.

    Raises:
        LabError: nothing is mounted there, or it is (on) the host's disk: neither a tmpfs with a size nor a file
            system on a loop device of its own.
    """
    at = [mount for mount in inside if mount.point == PurePosixPath(point)]
    if not at:
        raise LabError(f"No volume is mounted at {point} in the container.", "Name the mount path, not a folder in it.")
    volume = at[-1]
    hosts = {mount.device for mount in on_node if str(mount.point) in _DISKS}
    limited = (volume.kind == "tmpfs" and "size=" in volume.options) or volume.source.startswith("/dev/loop")
    if volume.device in hosts or not limited:
        raise LabError(
            f"The volume at {point} is {volume.kind} on {volume.source}: it would fill the host's disk.",
            "Only an emptyDir with `medium: Memory` and a `sizeLimit`, or a loop-mounted file system, is filled.",
        )
    return volume


def place_on_node(volume: Mount, on_node: Sequence[Mount]) -> PurePosixPath:
    """The folder of a container's volume, as the node sees it.

    Raises:
        LabError: the node does not have it mounted.
    """
    for mount in on_node:
        if mount.device == volume.device and volume.root.is_relative_to(mount.root):
            return mount.point / volume.root.relative_to(mount.root)
    raise LabError(f"The node does not see the volume at {volume.point}.")


def _path(escaped: str) -> PurePosixPath:
    """A path with its spaces, tabs, line ends and backslashes as they are."""
    return PurePosixPath(_ESCAPE.sub(lambda found: chr(int(found[1], 8)), escaped))
