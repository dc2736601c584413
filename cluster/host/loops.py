"""Loop devices that a node attached: a container's end does not detach them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import CommandFailed
from cluster.process import run

_BLOCK = Path("/sys/block")


@dataclass(frozen=True)
class Loop:
    """A loop device (`/dev/loop3`) and the file behind it, by device and inode, which name it in every container."""

    device: str
    file: str
    identity: str


def attached(block: Path = _BLOCK) -> list[Loop]:
    """All loop devices of this host that have a file behind them."""
    found = []
    for entry in sorted(block.glob("loop*/loop/backing_file")):
        device = f"/dev/{entry.parts[-3]}"
        listed = run(["losetup", "--noheadings", "--output", "BACK-INO", "--list", device]).strip()
        found.append(Loop(device, entry.read_text(encoding="utf-8").strip(), listed))
    return found


def of_containers(names: Sequence[str]) -> list[Loop]:
    """Those whose file is inside one of these running containers."""
    return [loop for loop in attached() if any(_inside(loop, name) for name in names)]


def detach(loops: Iterable[Loop]) -> None:
    """Detaches what is still attached to the same file; one that is mounted is detached when it is unmounted."""
    for loop in _same(loops):
        run(["losetup", "--detach", loop.device])


def still_attached(loops: Iterable[Loop]) -> list[str]:
    """Names of those that are attached to the same file as before."""
    return [loop.device for loop in _same(loops)]


def _same(loops: Iterable[Loop]) -> list[Loop]:
    now = {(loop.device, loop.identity) for loop in attached()}
    return [loop for loop in loops if (loop.device, loop.identity) in now]


def _inside(loop: Loop, container: str) -> bool:
    try:
        inode = run(["docker", "exec", container, "stat", "-c", "%i", loop.file]).strip()
    except CommandFailed:  # there is no such file
        return False
    return inode == loop.identity
