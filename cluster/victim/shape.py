"""What a throw-away cluster has."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.kind.shape import Shape

PODS = "10.245.0.0/16"
SERVICES = "10.97.0.0/16"

ETCD_METRICS_PORT = 2381
#: kubeadm has etcd answer for its metrics on the node's loopback alone; the lab's Prometheus stands outside
METRICS_FLAG = "listen-metrics-urls"

_ZONES = ("a", "b", "c")
MOST_NODES = 1 + len(_ZONES)


def shape(nodes: int, etcd: Mapping[str, str], api_server: Mapping[str, str]) -> Shape:
    """The shape of a throw-away cluster.

    Args:
        nodes: one, which is the control plane and takes pods too, up to four: the control plane and three workers.
        etcd: etcd's flags beyond kubeadm's, without dashes -> value.
        api_server: the API server's.
    """
    metrics = {METRICS_FLAG: f"http://0.0.0.0:{ETCD_METRICS_PORT}"}
    return Shape(_ZONES[: nodes - 1], PODS, SERVICES, {**etcd, **metrics}, api_server)
