"""Kubernetes objects that change; outside the scenario's own namespaces the undo is written down first."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.model.actions import Step

_MODULE = "experiments.actions.objects"
_WHOLE = "experiments.actions.whole_objects"


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


def apply(manifest: dict[str, JsonValue], *, namespace: str = "") -> Step:
    """Apply an object: create it, or change it to what the manifest says.

    Args:
        manifest: the object: apiVersion, kind, metadata.name and the rest; an image of the lab needs no tag.
        namespace: where it belongs; empty for cluster-scoped objects.

    Raises:
        ValueError: the manifest does not say what it is, or names another namespace.
    """
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not (name and manifest.get("apiVersion") and manifest.get("kind")) or not isinstance(metadata, dict):
        raise ValueError("a manifest has at least apiVersion, kind and metadata.name")
    if metadata.get("namespace", namespace) != namespace:
        raise ValueError(f"the manifest is for {metadata['namespace']!r}, the step for {namespace!r}")
    return Step(
        title=f"apply {str(manifest['kind']).lower()}/{name}" + (f" in {namespace}" if namespace else ""),
        module=_WHOLE,
        function="apply",
        arguments={"namespace": namespace, "manifest": manifest},
    )


def delete(resource: str, *, namespace: str = "") -> Step:
    """Delete an object and wait until it is gone; outside the scenario's namespaces the undo puts it back exactly.

    Args:
        resource: `type/name`, as kubectl writes it.
        namespace: the object's; empty for cluster-scoped objects.

    Raises:
        ValueError: `resource` does not name one object.
    """
    kind, slash, name = resource.partition("/")
    if not (kind and slash and name):
        raise ValueError(f"{resource!r} names no object; write type/name, such as service/shop")
    return Step(
        title=f"delete {resource}" + (f" in {namespace}" if namespace else ""),
        module=_WHOLE,
        function="delete",
        arguments={"namespace": namespace, "resource": resource},
    )
