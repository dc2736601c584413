"""The kinds of Kubernetes objects that a run could leave behind, by discovery: a new kind needs no change here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster.guard import Handle

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

SKIPPED = {
    ("", "events"): "they are written all the time",
    ("events.k8s.io", "events"): "they are written all the time",
    ("coordination.k8s.io", "leases"): "each node renews its own every few seconds",
    ("", "endpoints"): "they follow Services and pods",
    ("discovery.k8s.io", "endpointslices"): "they follow Services and pods",
    ("networking.k8s.io", "ipaddresses"): "each belongs to a Service",
    ("apps", "replicasets"): "each belongs to a Deployment",
    ("apps", "controllerrevisions"): "each belongs to a workload",
}
"""What changes or goes by itself, though nothing is wrong."""


@dataclass(frozen=True)
class Kind:
    """One kind of object: its name (`NetworkPolicy`), and the path that lists all of them."""

    name: str
    path: str


def kinds(handle: Handle) -> list[Kind]:
    """Every kind that can be listed and deleted: what cannot be deleted cannot be left behind either.

    Raises:
        LabError: the API server could not be asked.
    """
    groups = [group for root in ("/api", "/apis") for group in handle.get(root, accept=_AGGREGATED)["items"]]
    return [kind for group in groups for kind in _of_group(group)]


def _of_group(group: dict[str, Any]) -> list[Kind]:
    name = group["metadata"].get("name", "")
    found: dict[str, Kind] = {}
    for version in group["versions"]:  # the preferred one first
        root = f"/apis/{name}/{version['version']}" if name else f"/api/{version['version']}"
        for one in version.get("resources", []):
            resource = one["resource"]
            if {"list", "delete"} <= set(one["verbs"]) and (name, resource) not in SKIPPED:
                found.setdefault(resource, Kind(one["responseKind"]["kind"], f"{root}/{resource}"))
    return list(found.values())
