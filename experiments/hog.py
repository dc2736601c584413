"""A process that uses up what a container may use, in the container's own cgroups and PID namespace.

It is a program of the node's, so the container's image needs none. Its limits are the container's, since the kernel
counts it there; it ends with the container, and by itself at its time limit.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.guard import Handle
from experiments.actions.node_commands import at_once
from experiments.containers import Victim, main_process

# The kernel would kill the largest process, which is the hog, and on cgroup v1 that one alone. The container's first
# process is preferred, as if it had leaked: to raise a score needs no capability.
_PREFER = 'echo 1000 > "/proc/$1/oom_score_adj"'

# The hog waits for a word until it was put into every cgroup of the container, so that nothing of it runs outside. Its
# program is under `timeout` inside the container's PID namespace: `nsenter` passes no signals on.
_START = r"""
id=$1 main=$2 limit_s=$3 address_space_kib=$4 limit_files=$5; shift 5
mapfile -t cgroups < <(find /sys/fs/cgroup -type d -name "*$id*")
bounded=
for cgroup in "${cgroups[@]}"; do
  for file in $limit_files; do
    if [[ -e $cgroup/$file ]]; then bounded=yes; fi
  done
done
[[ $bounded ]] || { echo "none of ${#cgroups[@]} cgroups of the container $id has $limit_files"; exit 3; }
coproc HOG {
  read -r _
  ulimit -v "$address_space_kib"
  exec </dev/null >/dev/null 2>&1
  exec nsenter --target "$main" --pid -- timeout --signal=KILL "$limit_s" "$@"
}
for cgroup in "${cgroups[@]}"; do echo "$HOG_PID" > "$cgroup/cgroup.procs"; done
echo start >&"${HOG[1]}"
"""
_ROOM = 256 * 2**20
"""Bytes of address space that a program maps and hardly touches."""


@dataclass(frozen=True)
class Program:
    """What a hog runs.

    Args:
        words: a program of the node's and its arguments.
        limit_files: the files that a cgroup with the limit in question has, on cgroup v1 and v2.
        memory: bytes that it is to allocate at most.
    """

    words: tuple[str, ...]
    limit_files: str
    memory: int = 0


def memory(limit: int) -> Program:
    """Allocates without end (`tail` keeps an endless last line); should the cgroup fail, not far beyond `limit`."""
    return Program(("tail", "/dev/zero"), "memory.limit_in_bytes memory.max", limit)


CPU = Program(("bash", "-c", "while :; do :; done"), "cpu.cfs_quota_us cpu.max")
"""A busy loop."""


def start(handle: Handle, victim: Victim, program: Program, limit_s: float) -> None:
    """Start a hog inside a container.

    Args:
        victim: the container; it has the limit that the program uses up.
        program: what to run.
        limit_s: seconds until it is killed, if it did not end before.

    Raises:
        LabError: the container ended, or none of its cgroups has the limit.
    """
    main = str(main_process(handle, victim))
    if program.memory:
        at_once(handle, victim.node, _PREFER, main)
    space = str((program.memory + _ROOM) // 1024)
    at_once(handle, victim.node, _START, victim.id, main, f"{limit_s:g}", space, program.limit_files, *program.words)
