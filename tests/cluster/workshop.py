"""A throw-away namespace for tests on the cluster, and the few questions that they ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from cluster.guard import Handle

Value = TypeVar("Value")


@dataclass(frozen=True)
class Workshop:
    """One namespace of the lab's cluster."""

    handle: Handle
    namespace: str

    def kubectl(self, *arguments: str, stdin: str | None = None, timeout_s: float = 60) -> str:
        """kubectl in this namespace."""
        return self.handle.kubectl("-n", self.namespace, *arguments, stdin=stdin, timeout_s=timeout_s)

    def apply(self, *manifests: dict[str, Any]) -> None:
        """Applies objects to this namespace."""
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """One object."""
        found: dict[str, Any] = json.loads(self.kubectl("get", kind, name, "-o", "json"))
        return found

    @property
    def shell(self) -> str:
        """An image with a shell that every node has: the one that makes volumes."""
        deployment = ("get", "deployment", "local-path-provisioner", "-n", "local-path-storage")
        return self.handle.kubectl(*deployment, "-o", "jsonpath={.spec.template.spec.containers[0].image}")

    def pod(self, name: str, script: str, **container: Any) -> dict[str, Any]:
        """A pod that runs a bash script once; `container` adds to its only container."""
        spec = {
            "name": "main",
            "image": self.shell,
            "imagePullPolicy": "IfNotPresent",
            "command": ["bash", "-euc", script],
            **container,
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name},
            "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [spec]},
        }

    def output_of(self, pod: dict[str, Any]) -> str:
        """Runs a pod to its successful end and returns its log."""
        name = pod["metadata"]["name"]
        self.apply(pod)
        eventually(lambda: self.get("pod", name)["status"]["phase"] in ("Succeeded", "Failed"), within_s=60)
        log = self.kubectl("logs", name)
        assert self.get("pod", name)["status"]["phase"] == "Succeeded", log
        return log


@contextmanager
def workshop(handle: Handle, namespace: str) -> Iterator[Workshop]:
    """A namespace that is gone when the block ends."""
    handle.kubectl("create", "namespace", namespace)
    try:
        yield Workshop(handle, namespace)
    finally:
        handle.kubectl("delete", "namespace", namespace, "--wait", timeout_s=90)


def ask(handle: Handle, service: str, path: str) -> dict[str, Any]:
    """JSON from a Service of firedrill-system, over the API server's proxy; `service` is `name:port`."""
    address = f"/api/v1/namespaces/firedrill-system/services/{service}/proxy{path}"
    answer: dict[str, Any] = json.loads(handle.kubectl("get", "--raw", address))
    return answer


def series(handle: Handle, expression: str) -> list[tuple[dict[str, str], float]]:
    """Labels and value of what a PromQL expression finds at the watchtower."""
    found = ask(handle, "prometheus:9090", f"/api/v1/query?query={quote(expression)}")["data"]["result"]
    return [(one["metric"], float(one["value"][1])) for one in found]


def eventually(condition: Callable[[], Value], within_s: float = 30) -> Value:
    """Polls until the value counts as true and returns it; fails with the last value seen."""
    deadline = time.monotonic() + within_s
    while not (last := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s; last seen: {last!r}"
        time.sleep(0.3)
    return last
