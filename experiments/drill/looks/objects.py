"""From Kubernetes objects, as JSON, to what a look compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from experiments.drill.looks.picture import Picture, Scaler, Service, Workload
from experiments.drill.looks.policies import closed
from experiments.drill.looks.weak import weaknesses

Object = dict[str, Any]

ENFORCE = "pod-security.kubernetes.io/enforce"
_ALWAYS = frozenset({"kube-root-ca.crt"})
"""ConfigMaps that Kubernetes puts into every namespace."""


def named(kind: str, one: Object) -> str:
    """How people name an object: `deployment shop/shop`."""
    return f"{kind} {one['metadata'].get('namespace', '')}/{one['metadata']['name']}"


def picture_of(found: Mapping[str, Iterable[Object]]) -> Picture:
    """A picture without what leads to the pager.

    Args:
        found: objects by kind, in lower case: deployment, statefulset, daemonset, service, endpointslice,
            networkpolicy, persistentvolumeclaim, configmap, horizontalpodautoscaler, poddisruptionbudget, namespace,
            pod, job.
    """
    of = {kind: list(objects) for kind, objects in found.items()}
    workloads = {
        named(kind, one): _workload(kind, one)
        for kind in ("deployment", "statefulset", "daemonset")
        for one in of.get(kind, [])
    }
    ready = _ready(of.get("endpointslice", []))
    return Picture(
        workloads=workloads,
        services={named("service", one): _service(one, ready) for one in of.get("service", [])},
        closed=closed(of.get("networkpolicy", []), {name: one.labels for name, one in workloads.items()}),
        claims={named("claim", one): one["metadata"]["uid"] for one in of.get("persistentvolumeclaim", [])},
        scalers={named("autoscaler", one): _scaler(one) for one in of.get("horizontalpodautoscaler", [])},
        budgets={named("disruption budget", one): str(one["spec"]) for one in of.get("poddisruptionbudget", [])},
        levels={one["metadata"]["name"]: _level(one) for one in of.get("namespace", [])},
        named=frozenset(
            named("configmap", one) for one in of.get("configmap", []) if one["metadata"]["name"] not in _ALWAYS
        ),
        loose={
            named(kind, one): weaknesses(one["spec"] if kind == "pod" else one["spec"]["template"]["spec"])
            for kind in ("pod", "job")
            for one in of.get(kind, [])
            if not one["metadata"].get("ownerReferences")
        },
    )


def _workload(kind: str, one: Object) -> Workload:
    spec, status = one["spec"], one.get("status", {})
    daemon = kind == "daemonset"
    return Workload(
        replicas=status.get("desiredNumberScheduled", 0) if daemon else spec.get("replicas", 1),
        available=status.get("numberAvailable" if daemon else "availableReplicas", 0),
        labels=spec["template"]["metadata"].get("labels", {}),
        weak=weaknesses(spec["template"]["spec"]),
    )


def _service(one: Object, ready: Mapping[str, int]) -> Service:
    spec = one["spec"]
    ports = [
        f"{port['port']}/{port.get('protocol', 'TCP')} to {port.get('targetPort', port['port'])}"
        for port in spec.get("ports", [])
    ]
    return Service(spec.get("selector") or {}, tuple(sorted(ports)), ready.get(named("service", one), 0))


def _ready(slices: Iterable[Object]) -> dict[str, int]:
    """Ready addresses by Service."""
    counted: dict[str, int] = {}
    for one in slices:
        owner = one["metadata"].get("labels", {}).get("kubernetes.io/service-name", "")
        name = f"service {one['metadata']['namespace']}/{owner}"
        ready = [e for e in one.get("endpoints") or [] if e.get("conditions", {}).get("ready") is not False]
        counted[name] = counted.get(name, 0) + len(ready)
    return counted


def _scaler(one: Object) -> Scaler:
    spec = one["spec"]
    target, namespace = spec["scaleTargetRef"], one["metadata"]["namespace"]
    return Scaler(
        target=f"{target['kind'].lower()} {namespace}/{target['name']}",
        least=spec.get("minReplicas", 1),
        most=spec["maxReplicas"],
    )


def _level(namespace: Object) -> str:
    return str(namespace["metadata"].get("labels", {}).get(ENFORCE, "privileged"))
