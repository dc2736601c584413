"""Whose volume it is: the workload, its claim, and whether anything still writes to it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.kubectl import ask

STOPS_WITHIN_S = 120


@dataclass(frozen=True)
class Workload:
    """A Prometheus and where it keeps its data.

    Args:
        name: `statefulset/prometheus`.
        replicas: how many it wants now.
        claim: the PersistentVolumeClaim of its data.
        image: of its first container.
        user: uid, gid and fsGroup that its pods run with.
    """

    name: str
    replicas: int
    claim: str
    image: str
    user: dict[str, Any]


def find(kubectl: list[str], name: str, claim: str | None, ordinal: int) -> Workload:
    """Look a workload up.

    Args:
        kubectl: with namespace and connection options.
        name: `type/name`.
        claim: the claim, where the workload has several.
        ordinal: of a StatefulSet's replica.

    Raises:
        BadInput: there is no such workload, or its claim is not clear.
    """
    found = json.loads(ask(kubectl, "get", name, "-o", "json"))
    spec = found["spec"]
    pod = spec["template"]["spec"]
    mine = found["metadata"]["name"]
    claims = [f"{one['metadata']['name']}-{mine}-{ordinal}" for one in spec.get("volumeClaimTemplates") or []]
    claims += [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in pod.get("volumes") or []
        if "persistentVolumeClaim" in volume
    ]
    if claim is None and len(claims) != 1:
        raise BadInput(f"{name} has {len(claims)} volume claims ({', '.join(claims) or 'none'}): use --claim")
    user = {k: v for k, v in (pod.get("securityContext") or {}).items() if k in ("runAsUser", "runAsGroup", "fsGroup")}
    return Workload(name, int(spec.get("replicas", 1)), claim or claims[0], pod["containers"][0]["image"], user)


def writers(kubectl: list[str], claim: str) -> list[str]:
    """Pods that have the claim mounted and have not ended, with their state."""
    pods = json.loads(ask(kubectl, "get", "pods", "-o", "json"))["items"]
    return [
        f"{pod['metadata']['name']} ({pod['status'].get('phase')})"
        for pod in pods
        if pod["status"].get("phase") not in ("Succeeded", "Failed")
        and any(v.get("persistentVolumeClaim", {}).get("claimName") == claim for v in pod["spec"].get("volumes") or [])
    ]


def stop(kubectl: list[str], workload: Workload) -> None:
    """Scale it to nothing and wait until no pod has its volume.

    Raises:
        BadInput: a pod still has it after two minutes.
    """
    ask(kubectl, "scale", workload.name, "--replicas=0")
    deadline = time.monotonic() + STOPS_WITHIN_S
    while left := writers(kubectl, workload.claim):
        if time.monotonic() > deadline:
            raise BadInput(f"{workload.name} was scaled to 0, but {', '.join(left)} is still there")
        time.sleep(0.5)
