"""A field of a Kubernetes object by JSONPath, as kubectl prints it."""

from __future__ import annotations

from cluster.errors import CommandFailed, OracleUnavailable
from cluster.guard import Handle


def field(handle: Handle, namespace: str, resource: str, path: str) -> str:
    """The text of a field; empty where the object has no such field.

    Args:
        handle: the lab.
        namespace: the object's namespace.
        resource: `type/name`.
        path: JSONPath as kubectl writes it, without braces.

    Raises:
        OracleUnavailable: there is no such object, or the API server cannot be asked.
    """
    try:
        return handle.kubectl("get", resource, "-n", namespace, "-o", f"jsonpath={{{path}}}", timeout_s=10)
    except CommandFailed as error:
        raise OracleUnavailable(f"{resource} in {namespace} could not be asked for {path}: {error.happened}") from error
