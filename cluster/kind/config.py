"""Renders the kind configuration for this host."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cluster.host import capabilities
from cluster.kind.shape import LAB, Shape
from cluster.node import choose

_TEMPLATE = Path(__file__).parent / "config.yaml.j2"
_PATCHES = {"outside": str(Path(__file__).parent / "patches"), "inside": "/etc/firedrill-patches"}
"""What kubeadm changes in the control plane's static pods: the folder here, and as the node sees it."""
_CAP_SYS_RESOURCE = 24
#: what evictionHard of the template takes from allocatable memory
_EVICTION_MIB = 100


@dataclass(frozen=True)
class Machine:
    """The host as its nodes see it: CPUs, memory in MiB, the capabilities it may not hand on, its cgroup version."""

    cpus: int
    memory_mib: int
    missing_capabilities: tuple[int, ...]
    cgroup_version: int

    @staticmethod
    def this() -> Machine:
        """The machine that this process runs on."""
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return Machine(os.cpu_count() or 1, memory // 2**20, tuple(capabilities.missing()), choose.cgroup_version())


def render(name: str, image: str, machine: Machine, shape: Shape = LAB) -> str:
    """The configuration of a cluster.

    Args:
        name: the cluster's name.
        image: the node image.
        machine: the host, from which each node's reservations follow: pods get 1.5 CPUs, or all but half a CPU of a
            smaller host, and 4 GiB, or a fifth of a smaller host's memory, on every node.
        shape: what this cluster has.
    """
    import jinja2  # a lab that is up renders nothing

    cpu = min(1500, machine.cpus * 1000 - 500)
    memory = min(4096, machine.memory_mib // 5)
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - YAML, not HTML
    return template.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        name=name,
        image=image,
        shape=shape,
        patches=_PATCHES,
        cgroup_driver="cgroupfs" if machine.cgroup_version == 1 else "systemd",
        restrict_oom_score=_CAP_SYS_RESOURCE in machine.missing_capabilities,
        allocatable_cpu_millis=cpu,
        allocatable_memory_mib=memory,
        reserved_cpu_millis=machine.cpus * 1000 - cpu,
        reserved_memory_mib=machine.memory_mib - memory - _EVICTION_MIB,
    )
