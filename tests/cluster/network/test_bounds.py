"""The lab is closed: what a pod reaches, what it does not, and who still reaches a pod from outside."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network
from typing import Any

import pytest
import requests
from kubernetes import client as kube

from cluster import manifests
from cluster.errors import CommandFailed
from cluster.guard import Handle
from tests.cluster.network.outside import further_destinations
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.cluster

#: asks a resolver for the root's name servers over UDP, and succeeds if anything comes back
RESOLVE = r"""exec 3<>/dev/udp/{host}/53
printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01' >&3
[ "$(timeout 3 head -c 2 <&3 | od -An -tx1 | tr -d ' ')" = 1234 ]"""
PORT = {"name": "api", "port": 8474, "targetPort": 8474}


@pytest.fixture(scope="module")
def room(handle: Handle) -> Iterator[Workshop]:
    """A namespace with the pod `client`, which has a shell, and an HTTP server behind the Service `toxiproxy`."""
    with workshop(handle, "closed-lab") as made:
        made.apply(*manifests.render(handle.lab, handle.lab.root / "fixtures" / "toxiproxy"))
        made.apply(made.pod("client", "exec sleep infinity"))
        made.kubectl("wait", "pod/client", "--for=condition=Ready", "--timeout=60s", timeout_s=70)
        made.kubectl("rollout", "status", "deployment/toxiproxy", "--timeout=60s", timeout_s=70)
        yield made


@pytest.fixture
def host(handle: Handle) -> Iterator[int]:
    """A server on every address of the machine under the lab; its port."""
    with socketserver.ThreadingTCPServer(("", 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Greeting(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"the host answers\n")


def test_a_pod_reaches_pods_services_names_nodes_and_the_api_server(room: Workshop) -> None:
    server = server_pod(room)
    home = room.get("pod", "client")["spec"]["nodeName"]
    assert opens(room, "toxiproxy", 8474)
    assert opens(room, server["status"]["podIP"], 8474)
    assert opens(room, "kubernetes.default.svc.cluster.local", 443)
    for node in room.handle.nodes():
        assert opens(room, address_of(room.handle, node), 10250), f"{node}, from {home}"


def test_a_pod_does_not_reach_the_host(room: Workshop, host: int) -> None:
    for address in (gateway(room.handle, room.handle.lab.network), gateway(room.handle, "bridge")):
        greet = f"exec 3<>/dev/tcp/{address}/{host}; head -1 <&3"
        assert on_node(room, greet), f"a node does not reach {address} either: the test shows nothing"
        began = time.monotonic()
        assert not in_pod(room, greet), address
        assert time.monotonic() - began < 3, "it was not refused at once"


def test_a_pod_does_not_reach_the_hosts_resolver(room: Workshop) -> None:
    for address in (gateway(room.handle, room.handle.lab.network), "127.0.0.11"):
        if address != "127.0.0.11":
            assert on_node(room, RESOLVE.format(host=address)), "a node does not resolve either: the test shows nothing"
        assert not in_pod(room, RESOLVE.format(host=address)), address
        assert not opens(room, address, 53)


def test_a_neighbour_is_reached_only_while_it_is_declared(room: Workshop, outside: str) -> None:
    core = kube.CoreV1Api(room.handle.api)
    assert on_node(room, f"exec 3<>/dev/tcp/{outside}/80")
    assert not opens(room, outside, 80)
    further_destinations(core, room.namespace, f"{outside}/32")
    eventually(lambda: opens(room, outside, 80), 5)
    assert not opens(room, gateway(room.handle, room.handle.lab.network), 53)
    further_destinations(core, room.namespace, None)
    eventually(lambda: not opens(room, outside, 80), 5)


def test_the_host_still_reaches_pods(room: Workshop) -> None:
    # The kubelet's own requests made it ready; here come the API server's, and the host's through a node's port.
    path = f"/api/v1/namespaces/{room.namespace}/services/toxiproxy:8474/proxy/version"
    assert "version" in room.handle.kubectl("get", "--raw", path)
    spec: dict[str, Any] = {"type": "NodePort", "selector": {"app.kubernetes.io/name": "toxiproxy"}, "ports": [PORT]}
    for policy in ("Local", "Cluster"):  # the pod sees the host's address, or a node's
        name = f"door-{policy.lower()}"
        room.apply(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": name},
                "spec": {**spec, "externalTrafficPolicy": policy},
            }
        )
        port = room.get("service", name)["spec"]["ports"][0]["nodePort"]
        home = server_pod(room)["spec"]["nodeName"]
        for node in [home] if policy == "Local" else room.handle.nodes():
            eventually(partial(answers, address_of(room.handle, node), port), 10)


def test_a_service_without_endpoints_is_refused_by_kube_proxy(room: Workshop) -> None:
    room.apply(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "nobody"}, "spec": {"ports": [{"port": 80}]}}
    )
    address = room.get("service", "nobody")["spec"]["clusterIP"]
    eventually(lambda: "Connection refused" in said(room, f"exec 3<>/dev/tcp/{address}/80"), 5)


def in_pod(room: Workshop, script: str) -> bool:
    """Whether a script succeeds in the client."""
    return not said(room, script)


def said(room: Workshop, script: str) -> str:
    """What came of a script in the client; empty if it succeeded."""
    try:
        room.kubectl("exec", "client", "--", "timeout", "4", "bash", "-euo", "pipefail", "-c", script, timeout_s=20)
    except CommandFailed as failure:
        return str(failure)
    return ""


def opens(room: Workshop, host: str, port: int) -> bool:
    """Whether the client opens a TCP connection."""
    return in_pod(room, f"exec 3<>/dev/tcp/{host}/{port}")


def on_node(room: Workshop, script: str) -> bool:
    """Whether a script succeeds on the client's node."""
    node = room.get("pod", "client")["spec"]["nodeName"]
    command = ["timeout", "4", "bash", "-euo", "pipefail", "-c", script]
    return bool(room.handle.node(node).exec_run(command).exit_code == 0)


def answers(host: str, port: int) -> bool:
    """Whether an HTTP server answers the host."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://{host}:{port}/version", timeout=2).ok
        except requests.RequestException:
            return False


def server_pod(room: Workshop) -> dict[str, Any]:
    """The HTTP server's pod."""
    found = room.kubectl("get", "pod", "-l", "app.kubernetes.io/name=toxiproxy", "-o", "name").split()
    return room.get(*found[0].split("/"))


def address_of(handle: Handle, node: str) -> str:
    """A node's address in the lab's network."""
    return str(handle.node(node).attrs["NetworkSettings"]["Networks"][handle.lab.network]["IPAddress"])


def gateway(handle: Handle, network: str) -> str:
    """The address of the machine under the lab in one of Docker's networks: the first of its range."""
    return str(next(IPv4Network(handle.docker.networks.get(network).attrs["IPAM"]["Config"][0]["Subnet"]).hosts()))
