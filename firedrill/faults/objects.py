"""Kubernetes objects that change; outside the scenario's own namespaces the undo is written down first."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.model.actions import Step

_MODULE = "experiments.actions.objects"


def patch(resource: str, change: dict[str, JsonValue], *, namespace: str = "") -> Step:
    """Merge `change` into an object (RFC 7386: None removes a field).

    Args:
        resource: `type/name`, as kubectl writes it.
        change: the fields that change.
        namespace: the object's; empty for cluster-scoped objects.
    """
    return Step(
        title=f"patch {resource}" + (f" in {namespace}" if namespace else ""),
        module=_MODULE,
        function="patch",
        arguments={"namespace": namespace, "resource": resource, "change": change},
    )


def scale(resource: str, replicas: int, *, namespace: str) -> Step:
    """Set the replicas of a Deployment or StatefulSet, `type/name`; nothing waits for them."""
    return Step(
        title=f"scale {resource} in {namespace} to {replicas}",
        module=_MODULE,
        function="scale",
        arguments={"namespace": namespace, "resource": resource, "replicas": replicas},
    )
