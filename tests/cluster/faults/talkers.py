"""Pods that ask each other, one on each worker: what a network fault cuts, seen from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster.guard import Handle
from cluster.images.tags import references
from tests.cluster.network.prober import Prober
from tests.cluster.workshop import Workshop


@dataclass(frozen=True)
class Talker:
    """A network probe in a pod.

    Args:
        name: the pod's, and its label `app`.
        node: the worker it is on, without the lab's prefix.
        address: the pod's.
        prober: the conversation with it; it comes over the API server, so it shows that this way is open.
    """

    name: str
    node: str
    address: str
    prober: Prober

    def reaches(self, other: Talker, protocol: str = "tcp") -> bool:
        """Whether the other one answers a question now."""
        return self.prober.see(f"{protocol} {other.address}:80", 0.5).startswith(f"{other.name} ")


def talkers(room: Workshop, **places: str) -> list[Talker]:
    """Pods by name -> the worker each runs on; all of them are ready."""
    image = references(room.handle.lab.root)["firedrill/network-probe"]
    room.apply(*(_pod(name, f"{room.handle.lab.name}-{node}", image) for name, node in places.items()))
    names = [f"pod/{name}" for name in places]
    room.kubectl("wait", *names, "--for=condition=Ready", "--timeout=60s", timeout_s=70)
    return [
        Talker(name, node, room.get("pod", name)["status"]["podIP"], Prober(room.handle.api, room.namespace, name))
        for name, node in places.items()
    ]


def opens_from(handle: Handle, node: str, host: str, port: int) -> bool:
    """Whether a node itself opens a TCP connection."""
    connect = ["timeout", "1", "bash", "-c", f"exec 3<>/dev/tcp/{host}/{port}"]
    return bool(handle.node(f"{handle.lab.name}-{node}").exec_run(connect).exit_code == 0)


def _pod(name: str, node: str, image: str) -> dict[str, Any]:
    sysctl = {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
    container = {
        "name": "probe",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["serve", name],
        "readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": node},
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "sysctls": [sysctl]},
            "containers": [container],
        },
    }
