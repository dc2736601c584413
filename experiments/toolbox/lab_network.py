"""What the toolbox may reach, read from the lab as it is now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from docker.errors import APIError
from docker.models.containers import Container
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.kind.shape import LAB
from cluster.victim import shape as victim
from experiments.toolbox.reach import Reach, Route, search_domains

POD_RANGE = IPv4Network(LAB.pods)
SERVICE_RANGE = IPv4Network(LAB.services)
CLUSTER_DNS = IPv4Address("10.96.0.10")
"""As `cluster/kind` sets them."""

API_PORT = 6443
CLOSED_NAMESPACE = "firedrill-system"
TIMEOUT_S = 20


@dataclass(frozen=True)
class Nodes:
    """The lab's nodes: their addresses on its network, and the range of pods behind each."""

    addresses: dict[str, IPv4Address]
    pods: dict[str, IPv4Network]
    control_plane: IPv4Address

    @property
    def api_server(self) -> str:
        """URL of the API server on the lab's network; its certificate names this address."""
        return f"https://{self.control_plane}:{API_PORT}"


def nodes(handle: Handle) -> Nodes:
    """The nodes of the lab, as the API server knows them.

    Raises:
        LabError: it cannot be asked, or does not know the control-plane node.
    """
    try:
        items: list[Any] = client.CoreV1Api(handle.api).list_node(_request_timeout=TIMEOUT_S).items
    except ApiException as error:
        raise LabError(f"The lab's nodes could not be listed: {error.status} {error.reason}", "make status") from error
    addresses = {node.metadata.name: _address(node) for node in items}
    pods = {node.metadata.name: IPv4Network(node.spec.pod_cidr) for node in items if node.spec.pod_cidr}
    if handle.lab.control_plane not in addresses:
        raise LabError(f"{handle.lab.control_plane} is not among the nodes {', '.join(addresses)}.", "make up")
    return Nodes(addresses, pods, addresses[handle.lab.control_plane])


def reach(handle: Handle, anchor: Container, lab_nodes: Nodes, namespace: str) -> Reach:
    """The toolbox's reach.

    Pods are reached by their own nodes, so that packets and answers take one way and connection tracking sees both;
    what is left of the pod range, and Services, by the control-plane node.

    Args:
        handle: the guarded lab.
        anchor: the started anchor, which tells the lab network's range and the host's address on it.
        lab_nodes: the nodes.
        namespace: the scenario's first namespace: where short names are looked up.

    Raises:
        LabError: the engine does not tell the host's address, or the lab's services could not be listed.
    """
    try:
        settings = anchor.attrs["NetworkSettings"]["Networks"][handle.lab.network]
        network = handle.docker.networks.get(handle.lab.network).attrs
    except APIError as error:
        raise LabError(f"The network {handle.lab.network} cannot be asked: {error.explanation}", "make up") from error
    subnet = IPv4Network(f"{settings['IPAddress']}/{settings['IPPrefixLen']}", strict=False)
    configured = [pool.get("Gateway", "") for pool in network["IPAM"]["Config"] or []]
    host = {IPv4Address(text) for text in (settings["Gateway"], *configured) if text and ":" not in text}
    if not host:
        raise LabError(
            f"The host's own address on {handle.lab.network} is not known, so it cannot be closed.", "make up"
        )
    per_node = [Route(pods, lab_nodes.addresses[name]) for name, pods in lab_nodes.pods.items()]
    return Reach(
        subnet=subnet,
        host=tuple(sorted(host)),
        routes=(
            *per_node,
            Route(POD_RANGE, lab_nodes.control_plane),
            Route(SERVICE_RANGE, lab_nodes.control_plane),
        ),
        closed=_closed(handle),
        dns=CLUSTER_DNS,
        search=search_domains(namespace),
    )


def with_victim(lab: Reach, victim_nodes: Nodes) -> Reach:
    """The same with the pods and Services of a cluster of the run's own, by its nodes; names stay the lab's.

    Args:
        lab: what is reached of the lab.
        victim_nodes: the nodes of the other cluster.
    """
    own = [Route(pods, victim_nodes.addresses[name]) for name, pods in victim_nodes.pods.items()]
    services = Route(IPv4Network(victim.SERVICES), victim_nodes.control_plane)
    return replace(lab, routes=(*lab.routes, *own, services))


def _address(node: Any) -> IPv4Address:
    for address in node.status.addresses or []:
        if address.type == "InternalIP" and ":" not in address.address:
            return IPv4Address(address.address)
    raise LabError(f"Node {node.metadata.name} has no IPv4 address.", "make status")


def _closed(handle: Handle) -> tuple[IPv4Address, ...]:
    """The addresses of the lab's own services, by Service and by pod, as they are now."""
    core, discovery = client.CoreV1Api(handle.api), client.DiscoveryV1Api(handle.api)
    try:
        services: Any = core.list_namespaced_service(CLOSED_NAMESPACE, _request_timeout=TIMEOUT_S)
        slices: Any = discovery.list_namespaced_endpoint_slice(CLOSED_NAMESPACE, _request_timeout=TIMEOUT_S)
    except ApiException as error:
        raise LabError(
            f"The lab's own services could not be listed: {error.status} {error.reason}", "make up"
        ) from error
    texts = [service.spec.cluster_ip for service in services.items]
    texts += [text for one in slices.items for endpoint in one.endpoints or [] for text in endpoint.addresses]
    found = {IPv4Address(text) for text in texts if text and text != "None" and ":" not in text}
    # what is on a node's own network (node-exporter) stands at the node's address, as the API server does
    return tuple(sorted(address for address in found if address in POD_RANGE or address in SERVICE_RANGE))
