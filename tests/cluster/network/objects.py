"""The Kubernetes objects of the matrix."""

from __future__ import annotations

from typing import Any

from tests.cluster.network.attempt import NAMESPACES, PORT_NAMES, Pod


def namespace(ns: str) -> dict[str, Any]:
    """A namespace that is labelled with its letter."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACES[ns], "labels": {"ns": ns}},
    }


def pod(pod: Pod, image: str, node: str, command: list[str] | None = None) -> dict[str, Any]:
    """A pod that is labelled with its name and serves on TCP and UDP 80 and 81, all named.

    Args:
        pod: which one.
        image: the probe's.
        node: where it runs.
        command: arguments of the probe instead of serving; such a pod ends by itself.
    """
    names = PORT_NAMES[pod.name == "z"]
    container = {
        "name": "probe",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": command or ["serve", str(pod)],
        "ports": [
            {"name": name, "protocol": protocol.upper(), "containerPort": port}
            for (protocol, port), name in names.items()
        ],
        "resources": {"requests": {"cpu": "5m", "memory": "8Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    if command is None:
        container["readinessProbe"] = {"tcpSocket": {"port": 80}, "periodSeconds": 1}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod.name, "namespace": pod.namespace, "labels": {"pod": pod.name}},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": node},
            "restartPolicy": "Never" if command else "Always",
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
            },
            "containers": [container],
        },
    }


def service(pod: Pod) -> dict[str, Any]:
    """A Service in front of one pod, on the same ports."""
    names = PORT_NAMES[pod.name == "z"]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": pod.name, "namespace": pod.namespace},
        "spec": {
            "selector": {"pod": pod.name},
            "ports": [
                {"name": name, "protocol": protocol.upper(), "port": port, "targetPort": port}
                for (protocol, port), name in names.items()
            ],
        },
    }
