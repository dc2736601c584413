"""What of the lab is on the host: containers, networks, volumes."""

from __future__ import annotations

from typing import Any

from docker.errors import DockerException
from requests.exceptions import RequestException

from cluster.errors import LabError
from cluster.guard import Handle
from cluster.lab import LABEL_KIND, LABEL_LAB, Lab
from experiments.undo.things import Thing, Things, container

_LIMITS = ("Memory", "MemorySwap", "NanoCpus", "CpuQuota", "CpuShares", "CpusetCpus", "PidsLimit")


def host_state(handle: Handle) -> Things:
    """Containers with their state, nodes also with their limits and networks; networks and volumes.

    Other labs may stand on the same host: only what carries this lab's labels, name or network is looked at. A loop
    device is looked at inside the node that its file is in; one whose file is gone could be anybody's.

    Raises:
        LabError: the engine could not be asked.
    """
    try:
        return _containers(handle) | _networks(handle) | _volumes(handle)
    except (DockerException, RequestException) as error:
        raise LabError(f"The engine could not be asked for the lab's state: {error}", "make doctor") from error


def _containers(handle: Handle) -> Things:
    found: Things = {}
    for one in handle.docker.api.containers(all=True):
        name = one["Names"][0].removeprefix("/")
        networks = one.get("NetworkSettings", {}).get("Networks") or {}
        if not (_ours(handle.lab, one.get("Labels")) or handle.lab.network in networks):
            continue
        found[container(name)] = Thing(state=one["State"], look=f"docker inspect {name}")
        if (one.get("Labels") or {}).get(LABEL_KIND):
            found |= _node(handle, name, networks)
    return found


def _node(handle: Handle, name: str, networks: dict[str, Any]) -> Things:
    config = handle.docker.api.inspect_container(name)["HostConfig"]
    limits = ", ".join(f"{key} {config[key]}" for key in _LIMITS if _bounds(config.get(key))) or "none"
    joined = ", ".join(f"{network} {how['IPAddress']}" for network, how in sorted(networks.items()))
    look = f"docker inspect {name}"
    return {
        f"limits of {name}": Thing(state=limits, look=look),
        f"networks of {name}": Thing(state=joined or "none", look=look),
    }


def _bounds(value: int | str | None) -> bool:
    """Whether a limit is one: the engine writes none as 0, as nothing, or as -1 where there was one before."""
    return value not in (None, 0, -1, "")


def _networks(handle: Handle) -> Things:
    return {
        f"network {one['Name']}": Thing(
            state=", ".join(pool["Subnet"] for pool in one["IPAM"]["Config"] or []) or "there",
            look=f"docker network inspect {one['Name']}",
        )
        for one in handle.docker.api.networks()
        if _ours(handle.lab, one.get("Labels"))
    }


def _volumes(handle: Handle) -> Things:
    return {
        f"volume {one['Name']}": Thing(state="there", look=f"docker volume inspect {one['Name']}")
        for one in handle.docker.api.volumes()["Volumes"] or []
        if _ours(handle.lab, one.get("Labels"))
        or (LABEL_LAB not in (one.get("Labels") or {}) and one["Name"].startswith(f"{handle.lab.name}-"))
    }


def _ours(lab: Lab, labels: dict[str, str] | None) -> bool:
    """Whether it is this lab's, by the lab's label or by kind's on the nodes; clusters of a run carry the lab's too."""
    labels = labels or {}
    return lab.name in (labels.get(LABEL_LAB), labels.get(LABEL_KIND))
