"""The harness' way to a pod."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import redis

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.tunnel import service_tunnel, tunnel
from experiments.waiting import Seen, eventually
from tests.cluster.toolbox_run import OWN, namespaces

pytestmark = pytest.mark.cluster

DENY_ALL = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "deny-all", "namespace": OWN},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}


@pytest.fixture(scope="module")
def deployed(handle: Handle) -> Iterator[Handle]:
    with namespaces(handle):
        yield handle


def _relays(handle: Handle) -> list[str]:
    labels = {"label": [f"firedrill.lab={handle.lab.labels['firedrill.lab']}", "firedrill.part=tunnel"]}
    return [str(one.id) for one in handle.docker.containers.list(all=True, filters=labels)]


def test_a_tunnel_leads_to_the_pod_and_goes_away(deployed: Handle) -> None:
    before = _relays(deployed)
    with tunnel(deployed, OWN, "cache", 6379) as (host, port):
        client = redis.Redis(host=host, port=port, socket_timeout=5)
        assert client.ping()
        assert client.info("server")["tcp_port"] == 6379
        assert len(_relays(deployed)) == len(before) + 1
    assert _relays(deployed) == before
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host=host, port=port, socket_timeout=5).ping()


def test_no_network_policy_shuts_the_harness_out(deployed: Handle) -> None:
    deployed.kubectl("apply", "-f", "-", stdin=json.dumps(DENY_ALL))
    try:
        with tunnel(deployed, OWN, "cache", 6379) as (host, port):
            assert redis.Redis(host=host, port=port, socket_timeout=5).ping()
    finally:
        deployed.kubectl("delete", "networkpolicy", "deny-all", "-n", OWN)


def test_two_tunnels_stand_side_by_side(deployed: Handle) -> None:
    with tunnel(deployed, OWN, "cache", 6379) as one, tunnel(deployed, OWN, "cache", 6379) as other:
        assert one != other
        for host, port in (one, other):
            assert redis.Redis(host=host, port=port, socket_timeout=5).ping()


def test_a_services_tunnel_outlives_its_pods(deployed: Handle) -> None:
    with service_tunnel(deployed, OWN, "cache", 6379) as (host, port):
        first = redis.Redis(host=host, port=port, socket_timeout=5).info("server")["run_id"]
        deployed.kubectl("delete", "pod", "-n", OWN, "-l", "app=cache", "--wait")
        deployed.kubectl("rollout", "status", "deployment/cache", "-n", OWN, "--timeout=60s")

        def look() -> Seen[str]:
            try:
                return Seen(redis.Redis(host=host, port=port, socket_timeout=5).info("server")["run_id"], "")
            except redis.ConnectionError as gone:  # kube-proxy hears of the new pod a moment after it is ready
                return Seen(None, str(gone))

        assert eventually(look, what="the Service leads to the new pod", within_s=10) != first
    with (
        pytest.raises(LabError, match="Service missing in toolbox-test: 404"),
        service_tunnel(deployed, OWN, "missing", 1),
    ):
        pass


def test_a_port_or_service_that_is_not_there_is_said(deployed: Handle) -> None:
    with pytest.raises(LabError, match=r"has no port 1, but 6379"), tunnel(deployed, OWN, "cache", 1):
        pass
    with pytest.raises(LabError, match="Service missing in toolbox-test: 404"), tunnel(deployed, OWN, "missing", 1):
        pass


def test_no_ready_pod_is_said(deployed: Handle) -> None:
    deployed.kubectl("scale", "deployment/cache", "-n", OWN, "--replicas=0")
    try:
        deployed.kubectl("wait", "pod", "-n", OWN, "-l", "app=cache", "--for=delete", "--timeout=30s")
        with pytest.raises(LabError, match="has no ready pod"), tunnel(deployed, OWN, "cache", 6379):
            pass
    finally:
        deployed.kubectl("scale", "deployment/cache", "-n", OWN, "--replicas=1")
        deployed.kubectl("rollout", "status", "deployment/cache", "-n", OWN, "--timeout=60s")
