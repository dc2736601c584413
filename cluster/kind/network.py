"""The lab's Docker network: created before the cluster, with a fixed subnet, so that a node keeps its address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import docker
from docker.errors import APIError, NotFound

from cluster.errors import HostNotReady, NotOurLab
from cluster.lab import LABEL_CHECKOUT, Lab
from cluster.process import run

#: where the lab looks for a free /24: private, and away from what Docker, kind and most home networks take first
_Network = ipaddress.IPv4Network
_POOL = _Network("172.30.0.0/15")


def free_subnet(taken: Iterable[_Network], pool: _Network = _POOL) -> _Network:
    """The first /24 of the pool that overlaps nothing that is taken.

    Raises:
        HostNotReady: every one is taken.
    """
    used = list(taken)
    for candidate in pool.subnets(new_prefix=24):
        if not any(candidate.overlaps(other) for other in used):
            return candidate
    raise HostNotReady(f"no /24 of {pool} is free for the lab's network", "remove networks that nothing uses")


def ensure(lab: Lab) -> str:
    """Creates the lab's network unless it stands.

    Returns:
        Its subnet.

    Raises:
        NotOurLab: a network of that name belongs to another checkout or to nobody known.
    """
    client = docker.from_env()
    try:
        found = find(lab, client)
        if found is not None:
            return str(found.attrs["IPAM"]["Config"][0]["Subnet"])
        subnet = str(free_subnet(_taken(client)))
        client.networks.create(
            lab.network,
            driver="bridge",
            check_duplicate=True,
            labels=lab.labels,
            ipam=docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet=subnet)]),
            options={"com.docker.network.bridge.enable_ip_masquerade": "true"},
        )
        return subnet
    except APIError as failure:
        raise HostNotReady(f"the network {lab.network} cannot be created: {failure}", "docker network ls") from failure
    finally:
        client.close()


def find(lab: Lab, client: docker.DockerClient) -> docker.models.networks.Network | None:
    """The lab's network, or None.

    Raises:
        NotOurLab: a network of that name belongs to another checkout.
    """
    try:
        network = client.networks.get(lab.network)
    except NotFound:
        return None
    owner = (network.attrs["Labels"] or {}).get(LABEL_CHECKOUT)
    if owner != str(lab.root):
        raise NotOurLab(
            f"the network {lab.network} belongs to {owner or 'somebody else'}, not to {lab.root}",
            "choose another name for this checkout's lab: export FIREDRILL_NAME=<name>",
        )
    return network


def _taken(client: docker.DockerClient) -> list[_Network]:
    taken = [
        _Network(pool["Subnet"])
        for network in client.networks.list()
        for pool in network.attrs["IPAM"]["Config"] or []
        if ":" not in pool["Subnet"]
    ]
    for line in run(["ip", "-4", "route", "show"]).splitlines():
        target = line.split()[0]
        if target[0].isdigit():
            taken.append(_Network(target, strict=False))
    return taken
