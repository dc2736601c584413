"""A control plane that breaks; only in a scenario that declares `cluster=dedicated(…)`."""

from __future__ import annotations

import re
from typing import Literal

from experiments.model.actions import Step
from experiments.model.base import seconds

_MODULE = "experiments.actions.control_plane"
_FLAG = re.compile(r"[a-z][a-z0-9-]*")
_LARGEST_KIB = 1000
"""etcd refuses a request over 1.5 MiB, and base64 adds a third to what is random."""

Component = Literal["etcd", "kube-apiserver"]


def fill_etcd(namespace: str, *, object_kib: int = 64, most_mib: int = 64, within: str | float = 120.0) -> Step:
    """Write one ConfigMap over and over, as a chatty controller does, until etcd refuses for lack of space.

    The object stays small; what fills etcd is its history, which only compaction and defragmentation give back.

    Args:
        namespace: one of the scenario's own.
        object_kib: size of each write (KiB).
        most_mib: how much is written at most (MiB); take twice the quota, and a small quota.
        within: seconds until etcd has to refuse.
    """
    if not 1 <= object_kib <= _LARGEST_KIB:
        raise ValueError(f"object_kib is {object_kib}: etcd takes 1 to {_LARGEST_KIB} KiB in one write")
    if not 1 <= most_mib <= 2048:
        raise ValueError(f"most_mib is {most_mib}: take 1 to 2048, and set etcd's quota-backend-bytes below it")
    return Step(
        title=f"write to {namespace} until etcd is full",
        module=_MODULE,
        function="fill_etcd",
        arguments={
            "namespace": namespace,
            "object_kib": object_kib,
            "most_mib": most_mib,
            "within_s": seconds(within),
        },
        wrecks=True,
    )


def set_flags(component: Component, flags: dict[str, str | None], *, within: str | float = 120.0) -> Step:
    """Change command-line flags of etcd or the API server in its static pod's manifest on the control-plane node.

    The step ends when the kubelet has ended the process that ran with the old flags; the new one may not come up.

    Args:
        component: `etcd` or `kube-apiserver`.
        flags: flag without dashes -> value; None takes the flag away.
        within: seconds until the old process has to be gone; etcd's took 40 s, since the kubelet cannot ask the API
            server about its pod meanwhile.
    """
    wrong = [name for name in flags if not _FLAG.fullmatch(name)]
    if wrong or not flags:
        raise ValueError(f"{wrong or 'nothing'}: name at least one flag, without dashes in front: quota-backend-bytes")
    settings = ", ".join(name if value is None else f"{name}={value}" for name, value in flags.items())
    return Step(
        title=f"set {settings} of {component}",
        module=_MODULE,
        function="set_flags",
        arguments={"component": component, "flags": dict(flags), "within_s": seconds(within)},
        wrecks=True,
    )
