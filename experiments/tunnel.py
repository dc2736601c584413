"""A way from this machine to a Service, for the harness: for what speaks no HTTP, and for what is asked often."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from docker import DockerClient
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.images.tags import references
from experiments.toolbox.sweep import LABEL_PART

IMAGE = "firedrill/toolbox"
READY_WITHIN_S = 10.0
_POLL_S = 0.02
_LISTENING = re.compile(rb"listening on AF=2 [\d.]+:(\d+)")


@dataclass(frozen=True)
class Endpoint:
    """Where a relay leads: an address and a port, and the node from which it is reached."""

    node: str
    address: str
    port: int


@contextmanager
def tunnel(handle: Handle, namespace: str, service: str, port: int) -> Iterator[tuple[str, int]]:
    """Relay a port of a Service's pod to an address that this machine reaches.

    The relay is in the network namespace of the pod's own node: a node always reaches its own pods, so no
    NetworkPolicy of the scenario shuts the harness out. It leads to one pod; when that pod goes, connections fail.

    Args:
        handle: the guarded lab.
        namespace: the Service's namespace.
        service: its name.
        port: the Service's port.

    Yields:
        Host and port; they are good until the `with` block ends.

    Raises:
        LabError: the Service has no ready pod or no such port, or the relay did not start.
    """
    with _relayed(handle, endpoint(handle, namespace, service, port)) as address:
        yield address


@contextmanager
def service_tunnel(handle: Handle, namespace: str, service: str, port: int) -> Iterator[tuple[str, int]]:
    """Relay a Service's port itself, from the control plane: it outlives the pods behind it.

    Only for what is scheduled to the control plane, as monitoring is: a policy may shut a node out of the pods of
    others.

    Args:
        handle: the guarded lab.
        namespace: the Service's namespace.
        service: its name.
        port: the Service's port.

    Yields:
        Host and port; they are good until the `with` block ends.

    Raises:
        LabError: there is no such Service, or the relay did not start.
    """
    core: Any = client.CoreV1Api(handle.api)
    try:
        there = core.read_namespaced_service(service, namespace, _request_timeout=20).spec.cluster_ip
    except ApiException as error:
        raise LabError(f"Service {service} in {namespace}: {error.status} {error.reason}") from error
    with _relayed(handle, Endpoint(handle.lab.control_plane, there, port)) as address:
        yield address


@contextmanager
def _relayed(handle: Handle, target: Endpoint) -> Iterator[tuple[str, int]]:
    labels = handle.lab.labels | {LABEL_PART: "tunnel"}
    node = handle.node(target.node)
    host = node.attrs["NetworkSettings"]["Networks"][handle.lab.network]["IPAddress"]
    with relay(handle.docker, references(handle.lab.root)[IMAGE], labels, node, host, target) as listening:
        yield host, listening


def endpoint(handle: Handle, namespace: str, service: str, port: int) -> Endpoint:
    """The first ready pod behind a Service's port.

    Raises:
        LabError: there is none, or the API server refused.
    """
    core: Any = client.CoreV1Api(handle.api)
    discovery: Any = client.DiscoveryV1Api(handle.api)
    try:
        ports = core.read_namespaced_service(service, namespace, _request_timeout=20).spec.ports or []
        slices = discovery.list_namespaced_endpoint_slice(
            namespace, label_selector=f"kubernetes.io/service-name={service}", _request_timeout=20
        ).items
    except ApiException as error:
        raise LabError(f"Service {service} in {namespace}: {error.status} {error.reason}") from error
    names = [one.name for one in ports if one.port == port]
    if not names:
        there = ", ".join(str(one.port) for one in ports)
        raise LabError(f"Service {service} in {namespace} has no port {port}, but {there or 'none'}.")
    for one in slices:
        number = next((p.port for p in one.ports or [] if (p.name or None) == (names[0] or None)), None)
        for pod in one.endpoints or []:
            if number and pod.conditions.ready and pod.node_name:
                return Endpoint(pod.node_name, pod.addresses[0], number)
    raise LabError(
        f"Service {service} in {namespace} has no ready pod.", f"firedrill run --keep, then look at {namespace}'s pods"
    )


@contextmanager
def relay(
    docker: DockerClient, image: str, labels: dict[str, str], node: Container, host: str, target: Endpoint
) -> Iterator[int]:
    """Run the relay in a node's network namespace; yields the port it listens at, which the kernel chose.

    Raises:
        LabError: it did not start to listen.
    """
    try:
        container = docker.containers.run(
            image,
            [
                "socat",
                "-d",
                "-d",
                f"TCP4-LISTEN:0,bind={host},fork",
                f"TCP4:{target.address}:{target.port},connect-timeout=5",
            ],
            entrypoint=[],
            labels=labels,
            user="65534:65534",
            network_mode=f"container:{node.id}",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            mem_limit="64m",
            pids_limit=128,
            log_config={"type": "json-file", "config": {"max-size": "1m"}},
            detach=True,
        )
    except APIError as error:
        raise LabError(f"The tunnel into {node.name} did not start: {error.explanation}", "make up") from error
    try:
        yield _listening(container)
    finally:
        _remove(container)


def _listening(container: Any) -> int:
    """The port in socat's notice that it listens."""
    deadline = time.monotonic() + READY_WITHIN_S
    said = b""
    while time.monotonic() < deadline:
        said = container.logs(stdout=True, stderr=True)
        if found := _LISTENING.search(said):
            return int(found[1])
        time.sleep(_POLL_S)
    raise LabError(f"The tunnel's relay does not listen after {READY_WITHIN_S:g} s: {said.decode(errors='replace')}")


def _remove(container: Container) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        return
