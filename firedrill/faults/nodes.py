"""Faults of nodes: `nodes.freeze(nodes.in_zone("b"), limit="90s")`.

Which node is found when the fault strikes. Each is taken back by the undo, and without the runner when its `limit` is
over; choose one that outlasts the run, or the limit mends what the runbook should.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

from pydantic import JsonValue

from experiments.model.actions import Step
from experiments.model.base import seconds
from experiments.model.nodes import (
    LARGEST_MEMORY_MIB,
    LARGEST_VOLUME_MIB,
    AnyNode,
    NamedNode,
    PodNode,
    RoleNode,
    ZoneNode,
)
from experiments.quantity import mebibytes

Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]

LIMIT = "2m"
SHORTEST_S, LONGEST_S = 5.0, 900.0

_FOLDERS = ("/data", "/mnt", "/opt", "/srv", "/tmp", "/var/log", "/var/tmp")  # noqa: S108 - folders of a node
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TAINT_KEY = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_OF_THE_CLUSTER = re.compile(r"([a-z0-9.-]+\.)?(kubernetes|k8s)\.io/")


def named(name: str) -> NamedNode:
    """The node of that name without the lab's prefix: `worker2`."""
    return NamedNode(name=name)


def in_zone(zone: str) -> ZoneNode:
    """The first node of a zone; the lab's workers are in `a`, `b` and `c`."""
    return ZoneNode(zone=zone)


def of_role(role: str) -> RoleNode:
    """The first node of a role: `worker`."""
    return RoleNode(role=role)


def running(selector: str, *, namespace: str) -> PodNode:
    """The node that runs most of the pods that a selector matches: `app=shop`."""
    return PodNode(namespace=namespace, selector=selector)


def stop_kubelet(node: AnyNode, *, limit: str | float = LIMIT) -> Step:
    """Stop a node's kubelet: its containers run on and answer, but nobody manages or reports them."""
    return _service(node, "kubelet", limit)


def stop_containerd(node: AnyNode, *, limit: str | float = LIMIT) -> Step:
    """Stop a node's container runtime: its containers run on, none starts or ends, the kubelet complains."""
    return _service(node, "containerd", limit)


def freeze(node: AnyNode, *, limit: str | float = LIMIT) -> Step:
    """Let everything on a node stand still: open connections hang."""
    return _step(f"freeze {node}", "node_freeze", "freeze", node, limit)


def cut_off(node: AnyNode, *, limit: str | float = LIMIT) -> Step:
    """Drop every packet between a node and the rest of the lab; what runs on it goes on."""
    return _step(f"cut {node} off", "node_network", "cut_off", node, limit)


def cordon(node: AnyNode, *, limit: str | float = LIMIT) -> Step:
    """Mark a node as unschedulable; its pods stay."""
    return _step(f"cordon {node}", "node_schedule", "cordon", node, limit)


def taint(node: AnyNode, key: str, effect: Effect, *, value: str = "", limit: str | float = LIMIT) -> Step:
    """Add a taint to a node.

    Args:
        node: which.
        key: the taint's key; none of Kubernetes' own, which controllers take away again.
        effect: `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
        value: the taint's value.
        limit: time until it is taken back without the runner.

    Raises:
        ValueError: Kubernetes does not accept the key or the value, or sets the key itself.
    """
    if not _TAINT_KEY.fullmatch(key) or _OF_THE_CLUSTER.match(key):
        raise ValueError(
            f"{key!r} cannot be the key of a fault's taint; write `maintenance` or `example.com/maintenance`"
        )
    if value and not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} cannot be a taint's value")
    shown = f"{key}={value}:{effect}" if value else f"{key}:{effect}"
    more: dict[str, JsonValue] = {"key": key, "value": value, "effect": effect}
    return _step(f"taint {node} with {shown}", "node_schedule", "taint", node, limit, **more)


def fill(
    node: AnyNode, path: str, *, size: str = "64Mi", leave: str = "0Mi", file: str = "fill", limit: str | float = LIMIT
) -> Step:
    """Mount a small file system over a folder of a node and fill it; pods that start afterwards find it full.

    Args:
        node: which.
        path: the folder, below /data, /mnt, /opt, /srv, /tmp, /var/log or /var/tmp; made where it does not exist.
        size: of the file system: `64Mi`, at most `1Gi`; the host's disk is never filled.
        leave: what stays free.
        file: name of the file that fills it: deleting it is the fix.
        limit: time until it is taken back without the runner.

    Raises:
        ValueError: the folder, the file's name or a size is refused.
    """
    folder = PurePosixPath(path)
    plain = str(folder) == path and all(_NAME.fullmatch(part) for part in folder.parts[1:])
    if not plain or not any(folder.is_relative_to(above) and path != above for above in _FOLDERS):
        raise ValueError(f"{path!r} cannot be filled: choose a folder below {', '.join(_FOLDERS)}")
    more = {"path": path, **_volume(size, leave, file)}
    return _step(f"fill {path} of {node}", "node_volume", "fill", node, limit, **more)


def disk_pressure(
    node: AnyNode, *, size: str = "400Mi", leave: str = "12Mi", file: str = "fill", limit: str | float = LIMIT
) -> Step:
    """Give a node's kubelet a small disk and fill it: DiskPressure, its taint, and evictions, below a tenth free.

    Args:
        node: which.
        size: of the disk under /var/lib/kubelet: 128Mi to 1Gi.
        leave: what stays free; less than a tenth.
        file: name of the file that fills it: deleting it is the fix.
        limit: time until it is taken back without the runner.

    Raises:
        ValueError: the file's name or a size is refused.
    """
    more = _volume(size, leave, file)
    if mebibytes(size) < 128 or mebibytes(leave) * 10 >= mebibytes(size):
        raise ValueError(
            f"a disk of {size} with {leave} left: it has to be 128Mi at least, with less than a tenth left"
        )
    return _step(f"fill the kubelet's disk of {node}", "node_disk_pressure", "press", node, limit, **more)


def use_memory(node: AnyNode, size: str, *, limit: str | float = LIMIT) -> Step:
    """Hold memory on a node beside its pods, at most 5 GiB; it shows in the node's working set.

    Raises:
        ValueError: the size is refused.
    """
    if not 0 < mebibytes(size) <= LARGEST_MEMORY_MIB:
        raise ValueError(f"{size} of memory is refused: it has to be 1Mi to 5Gi")
    return _step(
        f"use {size} of memory on {node}", "node_pressure", "use_memory", node, limit, size_mib=mebibytes(size)
    )


def memory_pressure(node: AnyNode, *, leave: str = "50Mi", limit: str | float = LIMIT) -> Step:
    """Hold the memory that pods may use but for `leave`: MemoryPressure, its taint, and evictions, below 100 MiB left.

    Raises:
        ValueError: `leave` is not 20Mi to 90Mi.
    """
    if not 20 <= mebibytes(leave) <= 90:
        raise ValueError(f"{leave} is refused: MemoryPressure needs less than 100Mi left, and daemons need 20Mi")
    return _step(
        f"use the memory of {node}'s pods", "node_pressure", "press_memory", node, limit, leave_mib=mebibytes(leave)
    )


def use_cpu(node: AnyNode, cores: float, *, limit: str | float = LIMIT) -> Step:
    """Use the time of some CPUs on a node, beside its pods; the host keeps half a CPU.

    Raises:
        ValueError: the number of CPUs is not 0.1 to 16.
    """
    if not 0.1 <= cores <= 16:
        raise ValueError(f"{cores} CPUs are refused: it has to be 0.1 to 16")
    return _step(f"use {cores:g} CPUs of {node}", "node_pressure", "use_cpu", node, limit, cores=float(cores))


def _service(node: AnyNode, service: str, limit: str | float) -> Step:
    return _step(f"stop {service} on {node}", "node_services", "stop", node, limit, service=service)


def _volume(size: str, leave: str, file: str) -> dict[str, JsonValue]:
    if not _NAME.fullmatch(file):
        raise ValueError(f"{file!r} cannot be the name of the file that fills a volume")
    if not 16 <= mebibytes(size) <= LARGEST_VOLUME_MIB or mebibytes(leave) > mebibytes(size) // 2:
        raise ValueError(
            f"a volume of {size} with {leave} left is refused: it has to be 16Mi to 1Gi, at least half full"
        )
    return {"size_mib": mebibytes(size), "leave_mib": mebibytes(leave), "file": file}


def _step(title: str, module: str, function: str, node: AnyNode, limit: str | float, **more: JsonValue) -> Step:
    limit_s = seconds(limit)
    if not SHORTEST_S <= limit_s <= LONGEST_S:
        raise ValueError(f"a limit of {limit} is refused: it has to be 5s to 15m")
    where: JsonValue = node.model_dump(mode="json")
    return Step(
        title=title,
        module=f"experiments.actions.{module}",
        function=function,
        arguments={"where": where, "limit_s": limit_s, **more},
    )
