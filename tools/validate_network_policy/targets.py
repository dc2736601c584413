"""What has to be scraped: pods and Services that say `prometheus.io/scrape: "true"`, or that were named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.validate_network_policy.objects import Pods, World
from tools.validate_network_policy.selectors import matches

SCRAPE, PORT = "prometheus.io/scrape", "prometheus.io/port"


@dataclass(frozen=True)
class Target:
    """Pods that are scraped on a port, and why they are."""

    pods: Pods
    port: int
    why: str


def annotated(world: World) -> list[Target]:
    """Every target that annotations declare, once for each workload and port.

    Raises:
        BadInput: an annotated port is no number, or an annotated workload declares no port at all.
    """
    found: dict[tuple[str, int], Target] = {}
    for pods in world.pods:
        if pods.annotations.get(SCRAPE) == "true":
            for port in _ports(pods.annotations.get(PORT), pods):
                found.setdefault((pods.owner, port), Target(pods, port, "its pods are annotated"))
    for service in world.services:
        meta = service["metadata"]
        if str((meta.get("annotations") or {}).get(SCRAPE)) != "true":
            continue
        why = f"Service {meta['namespace']}/{meta['name']} is annotated"
        for pods in _behind(world, service):
            for port in _service_ports(service, pods):
                found.setdefault((pods.owner, port), Target(pods, port, why))
    return list(found.values())


def named(world: World, wanted: Iterable[str]) -> list[Target]:
    """Targets named as `NAMESPACE/SERVICE:PORT`.

    Raises:
        BadInput: a name is malformed, or no pods stand behind it.
    """
    found = []
    for text in wanted:
        place, _, port = text.rpartition(":")
        namespace, _, name = place.partition("/")
        if not (namespace and name and port.isdigit()):
            raise BadInput(f"--target {text!r} is not NAMESPACE/SERVICE:PORT")
        services = [
            s for s in world.services if (s["metadata"]["namespace"], s["metadata"]["name"]) == (namespace, name)
        ]
        behind = [pods for service in services for pods in _behind(world, service)]
        if not behind:
            raise BadInput(f"--target {text!r}: no pods stand behind a Service of that name")
        found += [Target(pods, int(port), "named") for pods in behind]
    return found


def _behind(world: World, service: Any) -> list[Pods]:
    selector = (service.get("spec") or {}).get("selector") or {}
    here = service["metadata"]["namespace"]
    if not selector:
        return []
    return [p for p in world.pods if p.namespace == here and matches({"matchLabels": selector}, p.labels)]


def _service_ports(service: Any, pods: Pods) -> list[int]:
    meta = service["metadata"]
    given = (meta.get("annotations") or {}).get(PORT)
    if given is not None:
        return _ports(str(given), pods)
    found = []
    for port in (service.get("spec") or {}).get("ports") or []:
        aim, protocol = port.get("targetPort", port["port"]), port.get("protocol", "TCP")
        number = pods.ports.get((aim, protocol)) if isinstance(aim, str) and not aim.isdigit() else int(aim)
        if number is None:
            raise BadInput(
                f"Service {meta['namespace']}/{meta['name']} aims at port {aim!r}, which {pods.owner} has not"
            )
        if protocol == "TCP":
            found.append(number)
    return found


def _ports(given: str | None, pods: Pods) -> list[int]:
    if given is None:
        numbers = [number for number, protocol in pods.numbers if protocol == "TCP"]
        if not numbers:
            raise BadInput(f"{pods.owner} is annotated {SCRAPE}, and says no port: set {PORT}")
        return numbers
    if not given.isdigit():
        raise BadInput(f"{pods.owner}: {PORT} is {given!r}, which is no port number")
    return [int(given)]
