"""A node that is short of memory or CPU, because a process on it really uses them.

The consumer is a transient unit of the node's systemd: it cannot outgrow its bounds, and it ends with its own limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_commands import on_node
from experiments.actions.node_revert import Revert, arm
from experiments.model.nodes import LARGEST_MEMORY_MIB
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually

MIB = 2**20
SPARED_MIB = 3 * 1024
"""What has to stay available on the host beside what is used."""

SPARED_CPUS = 0.5
"""What is left of the host's CPUs, for the oracle to go on."""

MEMORY = "firedrill-memory"
CPU = "firedrill-cpu"
_OWN_SLICE = "system.slice"
_POD_SLICE = "kubelet-kubepods.slice"
"""Above all pods of a node, as kind and the kubelet's systemd driver name it; its limit is what pods may use."""

_POD_GROUP = "/sys/fs/cgroup/memory/kubelet/kubepods/cgroup.procs"
"""The same where the kubelet's cgroupfs driver names it, on cgroup v1; a process joins it by writing 0 there."""

_OVERHEAD_MIB = 32
"""What the consumer's processes take beside the bytes that they hold."""

_FULL_WITHIN_S = 45.0


@dataclass(frozen=True)
class Consumer:
    """A transient unit: its name, what systemd bounds it by, the slice it counts to, and the command."""

    unit: str
    bounds: str
    slice: str
    command: str


def use_memory(where: Where, size_mib: int, limit_s: float, configuration: Configuration) -> str:
    """Hold memory on a node, beside its pods; it shows in the node's working set.

    Args:
        where: which node.
        size_mib: how much (MiB).
        limit_s: seconds until the node ends it by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, it would endanger the host, or memory is used on it already.
        ConditionTimedOut: that much was not held within 45 s.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    _hold(session, node, size_mib, limit_s, as_pods=False)
    return node


def press_memory(where: Where, leave_mib: int, limit_s: float, configuration: Configuration) -> str:
    """Hold so much of the memory that pods may use that the kubelet says MemoryPressure and evicts pods.

    Args:
        where: which node.
        leave_mib: what is left to pods (MiB), below the lab's eviction threshold of 100 MiB.
        limit_s: seconds until the node ends it by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, it would endanger the host, or memory is used on it already.
        ConditionTimedOut: that much was not held within 45 s.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    _hold(session, node, available_to_pods_mib(session.handle, node) - leave_mib, limit_s, as_pods=True)
    return node


def use_cpu(where: Where, cores: float, limit_s: float, configuration: Configuration) -> str:
    """Use CPU time on a node, beside its pods.

    Args:
        where: which node.
        cores: how many CPUs' time, held to by the kernel.
        limit_s: seconds until the node ends it by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, the host would have less than half a CPU left, or CPU is used on it already.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    cpus = int(on_node(session.handle, node, "nproc"))
    if cores > cpus - SPARED_CPUS:
        raise LabError(f"{cores:g} of {cpus} CPUs are refused: the host has to keep {SPARED_CPUS:g} for the lab.")
    burners = "sha512sum /dev/zero & " * math.ceil(cores)
    _start(session, node, Consumer(CPU, f"-p CPUQuota={cores * 100:.0f}%", _OWN_SLICE, f"{burners}wait"), limit_s)
    return node


def node_summary(handle: Handle, node: str) -> dict[str, Any]:
    """The kubelet's own figures of its node, from its stats summary.

    Raises:
        LabError: the kubelet or the API server does not answer.
    """
    summary: dict[str, Any] = handle.get(f"/api/v1/nodes/{node}/proxy/stats/summary")["node"]
    return summary


def available_to_pods_mib(handle: Handle, node: str) -> int:
    """What the pods of a node may still use (MiB), as its kubelet judges MemoryPressure.

    Raises:
        LabError: the kubelet does not answer, or has no figure.
    """
    parts = node_summary(handle, node).get("systemContainers", [])
    memory: dict[str, int] = next((part.get("memory", {}) for part in parts if part["name"] == "pods"), {})
    if "availableBytes" not in memory:
        raise LabError(f"The kubelet of {node} does not say how much memory its pods have left.", "firedrill status")
    return int(memory["availableBytes"]) // MIB


def _hold(session: Session, node: str, size_mib: int, limit_s: float, *, as_pods: bool) -> None:
    if not 0 < size_mib <= LARGEST_MEMORY_MIB:
        raise LabError(f"{size_mib} MiB are to be held on {node}; it has to be 1 to {LARGEST_MEMORY_MIB}.")
    free = int(on_node(session.handle, node, "awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo"))
    if free < size_mib + SPARED_MIB:
        raise LabError(f"Holding {size_mib} MiB is refused: the host has {free} MiB, and {SPARED_MIB} have to stay.")
    # tail keeps everything since the last newline, and there is none.
    command = f"{{ head -c {size_mib * MIB} /dev/zero; exec sleep infinity; }} | tail -n 1"
    slice_ = _POD_SLICE if as_pods else _OWN_SLICE
    if as_pods and on_node(session.handle, node, f"test -e {_POD_GROUP} && echo there || true"):
        # No slice of systemd's is above the pods here; the unit is of the node's own, its memory is counted as theirs.
        slice_, command = _OWN_SLICE, f"echo 0 > {_POD_GROUP}; {command}"
    # If the host is short after all, the kernel takes this first.
    bounds = f"-p MemoryMax={size_mib + _OVERHEAD_MIB}M -p OOMScoreAdjust=1000"
    _start(session, node, Consumer(MEMORY, bounds, slice_, command), limit_s)
    main = f"systemctl show --property MainPID --value {MEMORY}.service"

    def look() -> Seen[bool]:
        # What its processes hold, since the unit's own figure knows nothing of memory that is counted as the pods'.
        shown = on_node(
            session.handle, node, f"ps -o rss= --ppid $({main}) | awk '{{held += $1}} END {{print held + 0}}'"
        )
        held = int(shown) * 1024 // MIB
        return Seen(True if held >= size_mib * 0.95 else None, f"{held} MiB")

    eventually(look, what=f"{size_mib} MiB are held on {node}", within_s=_FULL_WITHIN_S)


def _start(session: Session, node: str, consumer: Consumer, limit_s: float) -> None:
    service = f"{consumer.unit}.service"
    script = f"systemctl stop {service} 2>/dev/null || true"
    arm(session, Revert(f"end {consumer.unit} on {node}", node, node, f"{consumer.unit}-limit", script), limit_s)
    on_node(
        session.handle,
        node,
        f"systemd-run --quiet --collect --unit={consumer.unit} --slice={consumer.slice} {consumer.bounds} "
        # The timer comes first; this holds even if somebody stops it.
        f"-p RuntimeMaxSec={limit_s + 5:g}s -p TimeoutStopSec=2s -- bash -c '{consumer.command}'",
    )
