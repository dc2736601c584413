"""A container's volume that runs full; the file is taken away again."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.errors import LabError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.actions.node_commands import at_once
from experiments.actions.objects import refuse_outside
from experiments.compile.activities import undo
from experiments.containers import Victim, main_process, victims
from experiments.mounts import place_on_node, read_mounts, size_limited
from experiments.play.played import Configuration
from experiments.play.session import session_of
from experiments.undo.journal import Activity

LARGEST = 2 * 2**30
"""Bytes of the largest file system that is filled: the lab's own volumes are smaller."""

_ROOM = 'stat -f -c "%S %b %f %a" "$1"'
# Beyond what its unprivileged owner may use, ext4 keeps blocks for root: those are not touched by a size, and at 100 %
# the write simply ends where the file system does.
_FILL = r"""
file=$1 bytes=$2 owner=$3
[[ ! -e $file && ! -L $file ]] || { echo "$file is there already"; exit 3; }
head -c "$bytes" /dev/zero > "$file" 2>/dev/null || true
chown "$owner" "$file"
"""
_OWNER = r"""awk '/^Uid:/ {uid = $3} /^Gid:/ {gid = $3} END {print uid ":" gid}' "/proc/$1/status" """


def fill(
    namespace: str,
    selector: str,
    path: str,
    percent: int,
    file: str,
    container: str,
    pods: int,
    configuration: Configuration,
) -> list[str]:
    """Write a file of zeros into a container's volume until `percent` of it are used.

    The file belongs to the user of the container's first process, so whoever works in the container can remove it.

    Args:
        namespace: one of the run's own.
        selector: the pods, as kubectl writes it.
        path: where the volume is mounted in the container.
        percent: of what its users may use, as `df` counts it.
        file: the file's name.
        container: the container's name; the pod's first one if empty.
        pods: how many pods, in the order of their names; 0 for all.

    Returns:
        For each pod how full the volume is, in words.

    Raises:
        LabError: the namespace is not the run's own; the volume is not limited in size, or is the host's disk; it is
            fuller than `percent` already, or the file is there.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    handle = session.handle
    filled = []
    for victim in victims(handle, namespace, selector, container, pods):
        main = str(main_process(handle, victim))
        on = read_mounts(at_once(handle, victim.node, "cat /proc/self/mountinfo"))
        inside = read_mounts(at_once(handle, victim.node, 'cat "/proc/$1/mountinfo"', main))
        folder = str(place_on_node(size_limited(inside, on, path), on))
        missing = _missing(handle, victim, folder, percent)
        owner = at_once(handle, victim.node, _OWNER, main).strip()
        session.journal.promise(_removal(victim, f"{folder}/{file}"))
        at_once(handle, victim.node, _FILL, f"{folder}/{file}", str(missing), owner)
        filled.append(f"{victim.pod}: {_room(handle, victim, folder)}")
    return filled


def remove_file(node: str, path: str) -> None:
    """Undo of `fill`: remove the file; one that is gone, with its volume or without, is no error.

    Raises:
        LabError: the node refuses.
    """
    at_once(open_handle(Lab.of_checkout()), node, 'rm -f -- "$1"', path)


def _missing(handle: Handle, victim: Victim, folder: str, percent: int) -> int:
    """Bytes to write until `percent` are used; whole blocks, since a file takes no less."""
    room = _room(handle, victim, folder)
    if room.usable > LARGEST:
        raise LabError(f"The volume of the {victim.name} holds {room}: too large to be the lab's own.")
    missing = room.usable * percent // 100 - room.used
    if missing < room.block:
        raise LabError(f"The volume of the {victim.name} is full to {percent} % already: {room}.")
    return missing // room.block * room.block


@dataclass(frozen=True)
class _Room:
    """Bytes of a file system: its blocks, what is used, and what users may use in all (not what root keeps)."""

    block: int
    used: int
    usable: int

    def __str__(self) -> str:
        return f"{100 * self.used / self.usable:.1f} % of {self.usable / 2**20:.0f} MiB"


def _room(handle: Handle, victim: Victim, folder: str) -> _Room:
    block, blocks, free, available = map(int, at_once(handle, victim.node, _ROOM, folder).split())
    return _Room(block, (blocks - free) * block, (blocks - free + available) * block)


def _removal(victim: Victim, path: str) -> Activity:
    return undo(f"remove {path} from {victim.node}", __name__, "remove_file", node=victim.node, path=path)
