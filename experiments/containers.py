"""Containers that a fault strikes, reached through their node.

A lab image may hold neither a shell nor a program, and an ephemeral debug container has a cgroup of its own. So what
happens inside a container is done from its node, as root: the node sees every process of it, its cgroups (version 1 and
2 alike) and its mounts, and `nsenter` puts a process of the node's into its PID namespace, with which it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.actions.node_commands import at_once
from experiments.kube_api import TIMEOUT_S, core

_RUNTIME = "containerd://"


@dataclass(frozen=True)
class Victim:
    """One running container.

    Args:
        pod: its pod.
        container: its name in the pod.
        id: containerd's id, part of the name of each of its cgroups.
        limits: the resource limits of its specification: `cpu`, `memory`, as Kubernetes writes them.
        node: the node that it runs on.
    """

    namespace: str
    pod: str
    container: str
    id: str
    limits: dict[str, str]
    node: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"container {self.container} of pod {self.namespace}/{self.pod}"


def victims(handle: Handle, namespace: str, selector: str, container: str, most: int) -> list[Victim]:
    """The running containers that a fault is aimed at.

    Args:
        namespace: the pods' namespace.
        selector: as kubectl writes it: `app=shop`.
        container: the container's name; the pod's first one if empty.
        most: how many pods, in the order of their names; 0 for all.

    Raises:
        LabError: none of the pods runs such a container.
    """
    pods = core(handle).list_namespaced_pod(namespace, label_selector=selector, _request_timeout=TIMEOUT_S).items
    found = [victim for pod in sorted(pods, key=lambda one: str(one.metadata.name)) for victim in _of(pod, container)]
    if not found:
        states = ", ".join(f"{pod.metadata.name} is {pod.status.phase}" for pod in pods) or "there is none"
        wanted = f"container {container}" if container else "a container"
        raise LabError(f"No pod {selector} in {namespace} runs {wanted}: {states}.", "Look at its pods.")
    return found[: most or None]


def _of(pod: Any, container: str) -> list[Victim]:
    """The pod's container of that name, if it runs."""
    spec = next((one for one in pod.spec.containers if container in ("", one.name)), None)
    if spec is None or pod.metadata.deletion_timestamp is not None:
        return []
    limits = dict((spec.resources and spec.resources.limits) or {})
    return [
        Victim(
            namespace=pod.metadata.namespace,
            pod=pod.metadata.name,
            container=spec.name,
            id=status.container_id.removeprefix(_RUNTIME),
            limits=limits,
            node=pod.spec.node_name,
        )
        for status in pod.status.container_statuses or []
        if status.name == spec.name and status.state.running
    ]


def main_process(handle: Handle, victim: Victim) -> int:
    """The container's first process, by its number on the node.

    Raises:
        LabError: containerd does not run the container (any more).
    """
    listed = at_once(handle, victim.node, "ctr --namespace k8s.io tasks list")
    for line in listed.splitlines():
        words = line.split()
        if words and words[0] == victim.id and words[2:3] == ["RUNNING"]:
            return int(words[1])
    raise LabError(f"The {victim.name} ended before the fault reached it.", "Look at its log.")
