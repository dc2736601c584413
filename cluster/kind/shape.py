"""What makes one kind cluster different from another; scenarios know of it, so it imports nothing that renders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """What one cluster has and another has not.

    Args:
        zones: one worker in each; none: the control plane takes pods itself.
        pods: range of pod addresses. Two clusters in one network have ranges of their own, so that a route tells them
            apart.
        services: range of Service addresses.
        etcd: etcd's command-line flags beyond kubeadm's, without dashes -> value.
        api_server: the API server's.
    """

    zones: tuple[str, ...] = ("a", "b", "c")
    pods: str = "10.244.0.0/16"
    services: str = "10.96.0.0/16"
    etcd: Mapping[str, str] = field(default_factory=dict)
    api_server: Mapping[str, str] = field(default_factory=dict)


LAB = Shape()
