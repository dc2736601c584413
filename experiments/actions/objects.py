"""Patching Kubernetes objects; outside the run's own namespaces the undo is promised first."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import JsonValue

from cluster.errors import CommandFailed, LabError
from cluster.guard import open_handle
from cluster.lab import Lab
from experiments.compile.activities import undo
from experiments.play.namespaces import own_namespaces
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.undo.journal import Activity

Json = Mapping[str, JsonValue]

FROM_STDIN = ("--patch-file", "/dev/stdin")
"""What is patched may be a Secret: on a command line it would stand in the process list and in error messages."""


def refuse_outside(session: Session, namespace: str) -> None:
    """Refuse what has no undo outside the namespaces that go away with the run.

    Raises:
        LabError: `namespace` is none of them.
    """
    if namespace not in own_namespaces(session):
        raise LabError(
            f"{namespace} is not a namespace of this run, and this action has no undo.",
            "Use `objects.patch`, whose undo is written down first.",
        )


def patch(namespace: str, resource: str, change: dict[str, JsonValue], configuration: Configuration) -> None:
    """Merge `change` into an object (RFC 7386: null removes a field).

    Args:
        namespace: the object's namespace; empty for cluster-scoped objects.
        resource: `type/name`.
        change: the fields that change.

    Raises:
        CommandFailed: there is no such object, or the API server refuses the change.
    """
    session = session_of(configuration)
    handle = session.handle
    where = ["-n", namespace] if namespace else []
    if namespace not in own_namespaces(session):
        before = json.loads(handle.kubectl("get", resource, *where, "-o", "json", timeout_s=20))
        session.journal.promise(_restore_activity(namespace, resource, inverse(change, before)))
    handle.kubectl("patch", resource, *where, "--type", "merge", *FROM_STDIN, stdin=json.dumps(change), timeout_s=20)


def scale(namespace: str, resource: str, replicas: int, configuration: Configuration) -> None:
    """Set the replicas of a Deployment or StatefulSet, `type/name`; nothing waits for them.

    Raises:
        CommandFailed: there is no such object, or the API server refuses.
    """
    patch(namespace, resource, {"spec": {"replicas": replicas}}, configuration)


def restore(namespace: str, resource: str, change: dict[str, JsonValue]) -> None:
    """Undo of `patch`: merge the fields back as they were; an object that is gone has nothing to restore.

    Raises:
        CommandFailed: the API server refuses.
    """
    where = ["-n", namespace] if namespace else []
    handle = open_handle(Lab.of_checkout())
    try:
        handle.kubectl(
            "patch", resource, *where, "--type", "merge", *FROM_STDIN, stdin=json.dumps(change), timeout_s=20
        )
    except CommandFailed as error:
        if "NotFound" not in error.happened:
            raise


def delete(resource: str, namespace: str = "") -> None:
    """Undo of making an object that does not go away with a namespace of the run: delete it; if gone, no error.

    Raises:
        CommandFailed: the API server refuses.
    """
    where = ["-n", namespace] if namespace else []
    handle = open_handle(Lab.of_checkout())
    handle.kubectl("delete", resource, *where, "--ignore-not-found", "--wait=false", timeout_s=20)


def inverse(change: Json, before: Json) -> dict[str, JsonValue]:
    """The merge patch that takes `change` back from an object that was `before`."""
    taken_back: dict[str, JsonValue] = {}
    for field, value in change.items():
        was = before.get(field)
        if isinstance(value, dict) and isinstance(was, dict):
            taken_back[field] = inverse(value, was)
        else:
            taken_back[field] = was
    return taken_back


def _restore_activity(namespace: str, resource: str, change: dict[str, JsonValue]) -> Activity:
    title = f"restore {resource}" + (f" in {namespace}" if namespace else "")
    return _undo(title, "restore", {"namespace": namespace, "resource": resource, "change": change})


def delete_activity(resource: str, namespace: str = "") -> Activity:
    """The undo that calls `delete`."""
    title = f"delete {resource}" + (f" in {namespace}" if namespace else "")
    return _undo(title, "delete", {"resource": resource, "namespace": namespace})


def _undo(title: str, function: str, arguments: dict[str, JsonValue]) -> Activity:
    return undo(title, __name__, function, **arguments)
