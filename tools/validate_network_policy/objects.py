"""Kubernetes objects as the check needs them: pods with labels and ports, namespaces with labels, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.bad_input import BadInput

Manifest = Mapping[str, Any]

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that the API server itself puts on every namespace."""


@dataclass(frozen=True)
class Pods:
    """The pods of one workload: all have these labels and ports.

    Args:
        owner: what the report calls them, `Deployment prod/payment-service`.
        namespace: where they run.
        labels: their labels.
        ports: named container ports, (name, protocol) -> number.
        numbers: every declared container port, (number, protocol).
        annotations: of the pod template.
        addresses: what is known of their addresses, as CIDRs; nothing in manifests, each pod's own in a cluster.
        host_network: they share the node's address, to which no NetworkPolicy applies.
    """

    owner: str
    namespace: str
    labels: Mapping[str, str]
    ports: Mapping[tuple[str, str], int] = field(default_factory=dict)
    numbers: tuple[tuple[int, str], ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    host_network: bool = False


@dataclass(frozen=True)
class World:
    """All objects of one check."""

    pods: tuple[Pods, ...]
    services: tuple[Manifest, ...]
    policies: tuple[Manifest, ...]
    namespaces: Mapping[str, Mapping[str, str]]

    def namespace_labels(self, name: str) -> Mapping[str, str]:
        """Labels of a namespace, with the one that every namespace has; a namespace nobody describes has only that."""
        return {**self.namespaces.get(name, {}), NAME_LABEL: name}


_TEMPLATED = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}


def world(objects: list[Manifest], namespace: str) -> World:
    """Sort objects into what the check reads; kinds it has no use for are left out.

    Args:
        objects: Kubernetes objects.
        namespace: of objects that name none.

    Raises:
        BadInput: an object has no kind or no name.
    """
    pods: list[Pods] = []
    services, policies = [], []
    namespaces: dict[str, Mapping[str, str]] = {}
    for one in objects:
        kind, meta = one.get("kind"), one.get("metadata") or {}
        if not isinstance(kind, str) or not isinstance(meta, Mapping) or not meta.get("name"):
            raise BadInput(f"an object without kind or metadata.name: {str(dict(one))[:120]}")
        placed = {**one, "metadata": {**meta, "namespace": meta.get("namespace") or namespace}}
        if kind in _TEMPLATED or kind == "CronJob" or kind == "Pod":
            pods.append(_pods(placed))
        elif kind == "Service":
            services.append(placed)
        elif kind == "NetworkPolicy":
            policies.append(placed)
        elif kind == "Namespace":
            namespaces[meta["name"]] = _texts(meta.get("labels"))
    return World(tuple(pods), tuple(services), tuple(policies), namespaces)


def _pods(one: Manifest) -> Pods:
    meta, spec = one["metadata"], one.get("spec") or {}
    if one["kind"] == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template = one if one["kind"] == "Pod" else spec.get("template") or {}
    inner, pod = template.get("metadata") or {}, template.get("spec") or {}
    ports: dict[tuple[str, str], int] = {}
    numbers: list[tuple[int, str]] = []
    for container in [*(pod.get("initContainers") or []), *(pod.get("containers") or [])]:
        for port in container.get("ports") or []:
            protocol = port.get("protocol", "TCP")
            numbers.append((int(port["containerPort"]), protocol))
            if port.get("name"):
                ports[(port["name"], protocol)] = int(port["containerPort"])
    return Pods(
        owner=f"{one['kind']} {meta['namespace']}/{meta['name']}",
        namespace=meta["namespace"],
        labels=_texts(inner.get("labels")),
        ports=ports,
        numbers=tuple(numbers),
        annotations=_texts(inner.get("annotations")),
        addresses=tuple(ip["ip"] for ip in (one.get("status") or {}).get("podIPs") or []),
        host_network=bool(pod.get("hostNetwork")),
    )


def _texts(found: Any) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in (found or {}).items()}
