"""The matrix on the cluster: three namespaces, in each three pods that serve and ask, and a Service for each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any

import yaml
from kubernetes import client as kube

from cluster.errors import ConditionTimedOut
from cluster.guard import Handle
from tests.cluster.network import objects
from tests.cluster.network.attempt import ATTEMPTS, NAMESPACES, PODS, Attempt, Pod
from tests.cluster.network.prober import Prober

#: within this time, in seconds, a change has to be in effect
EFFECT_S = 2.0
#: an attempt that is let through answers within milliseconds; this leaves room for a busy machine
_ATTEMPT_S = 0.5
_READY_S = 60.0


@dataclass
class World:
    """The matrix, ready to be asked.

    Args:
        handle: of the lab's cluster.
        image: reference of the probe's image.
    """

    handle: Handle
    image: str
    ips: dict[Pod, str] = field(default_factory=dict)
    services: dict[Pod, str] = field(default_factory=dict)
    probers: dict[Pod, Prober] = field(default_factory=dict)

    @property
    def core(self) -> kube.CoreV1Api:
        """The cluster's core API."""
        return kube.CoreV1Api(self.handle.api)

    @property
    def networking(self) -> kube.NetworkingV1Api:
        """The cluster's networking API."""
        return kube.NetworkingV1Api(self.handle.api)

    def workers(self) -> list[str]:
        """The nodes on which x, y and z run."""
        return [name for name in self.handle.nodes() if name != self.handle.lab.control_plane]

    def set_up(self) -> None:
        """Makes the matrix and waits until every pod is asked."""
        manifests = [objects.namespace(ns) for ns in NAMESPACES]
        for pod in PODS:
            manifests += [objects.pod(pod, self.image, self.node_of(pod)), objects.service(pod)]
        self.apply(manifests)
        for pod in PODS:
            self.connect(pod)
            self.services[pod] = self.core.read_namespaced_service(pod.name, pod.namespace).spec.cluster_ip

    def tear_down(self) -> None:
        """Removes the matrix and waits until it is gone."""
        for prober in self.probers.values():
            prober.close()
        self.handle.kubectl("delete", "namespace", *NAMESPACES.values(), "--ignore-not-found", timeout_s=120)

    def node_of(self, pod: Pod) -> str:
        """Where a pod runs: all pods of one name on one node."""
        workers = self.workers()
        return workers["xyz".index(pod.name) % len(workers)]

    def apply(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        """Applies manifests."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
        self.handle.kubectl("apply", "-f", "-", stdin=json.dumps(listed))

    def connect(self, pod: Pod) -> None:
        """Waits until a pod runs, learns its address and opens a conversation with it."""
        until(f"pod {pod} is ready", lambda: self._ready(pod), _READY_S)
        self.ips[pod] = self.core.read_namespaced_pod(pod.name, pod.namespace).status.pod_ip
        if pod in self.probers:
            self.probers[pod].close()
        self.probers[pod] = Prober(self.handle.api, pod.namespace, pod.name)

    def target(self, attempt: Attempt, through_service: bool = False) -> str:
        """How a probe writes the attempt's destination."""
        address = (self.services if through_service else self.ips)[attempt.dst]
        return f"{attempt.protocol} {address}:{attempt.port}"

    def policy(self, ns: str, name: str, spec: str) -> None:
        """Creates a policy, or changes the one that is there; see `spec`."""
        body = {"metadata": {"name": name}, "spec": self.spec(spec)}
        try:
            current = self.networking.read_namespaced_network_policy(name, NAMESPACES[ns])
        except kube.ApiException as refusal:
            if refusal.status != 404:
                raise
            self.networking.create_namespaced_network_policy(NAMESPACES[ns], body)
        else:
            body["metadata"]["resourceVersion"] = current.metadata.resource_version
            self.networking.replace_namespaced_network_policy(name, NAMESPACES[ns], body)

    def spec(self, text: str) -> dict[str, Any]:
        """A policy's spec from YAML; `$a_x` stands for that pod's address."""
        addresses = {f"{pod.ns}_{pod.name}": ip for pod, ip in self.ips.items()}
        return dict(yaml.safe_load(Template(text).substitute(addresses)))

    def drop_policies(self) -> None:
        """Removes every policy of the matrix."""
        for namespace in NAMESPACES.values():
            self.networking.delete_collection_namespaced_network_policy(namespace)

    def reach(self, through_service: bool = False, attempts: Iterable[Attempt] = ATTEMPTS) -> dict[Attempt, bool]:
        """Makes the attempts, all at once; for each whether the right pod answered."""
        by_source: dict[Pod, list[Attempt]] = {}
        for attempt in attempts:
            by_source.setdefault(attempt.src, []).append(attempt)
        asked = {
            src: self.probers[src].check([self.target(a, through_service) for a in tried], _ATTEMPT_S)
            for src, tried in by_source.items()
        }
        reached = {}
        for src, tried in by_source.items():
            for attempt, seen in zip(tried, self.probers[src].seen(asked[src]), strict=True):
                reached[attempt] = seen.startswith(f"{attempt.dst} ")
        return reached

    def settle(self, allowed: Callable[[Attempt], bool], since: float, through_service: bool = False) -> list[str]:
        """Asks until everything is as it should be, or a question that was put 2 s after the change is not.

        Args:
            allowed: what should be let through.
            since: when the last change was made, by `time.monotonic`.
            through_service: whether the pods are asked by way of their Services.

        Returns:
            What is not as it should be; empty if all is.
        """
        while True:
            put = time.monotonic()
            reached = self.reach(through_service)
            wrong = [a for a, got in reached.items() if got != allowed(a)]
            if not wrong:
                return []
            if put - since < EFFECT_S:
                time.sleep(0.05)
                continue
            # A busy machine can make an attempt look dropped, but none look let through.
            again = self.reach(through_service, [a for a in wrong if allowed(a)])
            return [
                f"{a}: {'let through' if reached[a] else 'dropped'}" for a in wrong if not allowed(a) or not again[a]
            ]

    def _ready(self, pod: Pod) -> bool:
        try:
            status = self.core.read_namespaced_pod(pod.name, pod.namespace).status
        except kube.ApiException as refusal:
            if refusal.status != 404:
                raise
            return False
        return bool(status.pod_ip) and any(c.type == "Ready" and c.status == "True" for c in status.conditions or [])


def until(what: str, holds: Callable[[], bool], timeout_s: float) -> None:
    """Waits for a condition.

    Raises:
        ConditionTimedOut: it did not hold in time.
    """
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise ConditionTimedOut(f"after {timeout_s:g} s it does not hold that {what}", "look at the cluster")
        time.sleep(0.1)
