"""Where a scenario's system stands: in the lab's warm cluster, or in a throw-away cluster of the run's own."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from cluster.victim.shape import METRICS_FLAG, MOST_NODES
from experiments.model.base import Frozen

VICTIM = "victim"
"""What traffic calls the control-plane node of the run's own cluster."""

_FLAG = re.compile(r"[a-z][a-z0-9-]*")


def _flags(flags: dict[str, str]) -> dict[str, str]:
    for name, value in flags.items():
        if not _FLAG.fullmatch(name):
            raise ValueError(f"{name!r} is no flag; write it without dashes in front: quota-backend-bytes")
        if not value.isprintable():
            raise ValueError(f"the value of {name} has to be one line")
    if METRICS_FLAG in flags:
        raise ValueError(f"{METRICS_FLAG} is the lab's own: its Prometheus has to reach etcd")
    return flags


Flags = Annotated[dict[str, str], AfterValidator(_flags)]


class Dedicated(Frozen):
    """A throw-away cluster of the run's own, with the lab's Kubernetes, node image and pod network.

    Args:
        nodes: one, which is the control plane and takes pods too, up to four.
        etcd: flags of etcd beyond kubeadm's, without dashes -> value.
        api_server: flags of the API server.
    """

    kind: Literal["dedicated"] = "dedicated"
    nodes: int = Field(default=1, ge=1, le=MOST_NODES)
    etcd: Flags = Field(default_factory=dict)
    api_server: Flags = Field(default_factory=dict)


def _by_name(value: object) -> object:
    return Dedicated() if value == "dedicated" else value


Cluster = Annotated[Literal["shared"] | Dedicated, BeforeValidator(_by_name)]


def dedicated(
    *, nodes: int = 1, etcd: dict[str, str] | None = None, api_server: dict[str, str] | None = None
) -> Dedicated:
    """A cluster of the run's own: `dedicated(etcd={"quota-backend-bytes": "33554432"})`."""
    return Dedicated(nodes=nodes, etcd=etcd or {}, api_server=api_server or {})
