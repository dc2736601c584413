"""Applying and deleting whole objects; outside the run's own namespaces the exact object is promised back first."""

from __future__ import annotations

import json

from kubernetes.dynamic.exceptions import NotFoundError
from pydantic import JsonValue

from cluster import manifests
from cluster.errors import LabError
from cluster.guard import NAMESPACE, Handle, open_handle
from cluster.lab import Lab
from experiments.actions.objects import delete_activity
from experiments.compile.activities import undo
from experiments.kube_api import TIMEOUT_S
from experiments.play.namespaces import own_namespaces
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.undo.journal import Activity

DELETED_WITHIN_S = 60.0
TAKES_MORE_ALONG = frozenset(
    {"CustomResourceDefinition", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim"}
)
"""Kinds that end other objects or data with them, which no manifest brings back."""
_SERVER_SIDE = ("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
                "resourceVersion", "selfLink", "uid")  # fmt: skip


def apply(namespace: str, manifest: dict[str, JsonValue], configuration: Configuration) -> None:
    """Apply an object: create it, or change it to what the manifest says. Lab images need no tag.

    Args:
        namespace: the object's namespace; empty for cluster-scoped objects.
        manifest: the object.

    Raises:
        LabError: it belongs to the lab itself.
        CommandFailed: the API server refuses it.
    """
    session = session_of(configuration)
    name = full_name(manifest)
    if _is_outside(session, namespace) and not goes_with_the_run(session, manifest):
        before = _read(session.handle, namespace, name)
        session.journal.promise(_put_back(namespace, before) if before else delete_activity(name, namespace))
    text = manifests.pin(manifests.to_yaml([manifest]), session.images)
    how = ("apply", "--server-side", "--force-conflicts", "--field-manager", "firedrill-fault")
    session.handle.kubectl(*how, *_where(namespace), "-f", "-", stdin=text, timeout_s=20)


def delete(namespace: str, resource: str, configuration: Configuration) -> None:
    """Delete an object and wait until it is gone.

    Args:
        namespace: the object's namespace; empty for cluster-scoped objects.
        resource: `type/name`.

    Raises:
        LabError: it belongs to the lab itself, or takes along what could not be put back.
        CommandFailed: there is no such object, or it does not go.
    """
    session = session_of(configuration)
    if _is_outside(session, namespace):
        before = _read(session.handle, namespace, resource)
        if before:
            _refuse_lasting_harm(before)
            session.journal.promise(_put_back(namespace, before))
    wait = f"--timeout={DELETED_WITHIN_S:g}s"
    session.handle.kubectl("delete", resource, *_where(namespace), "--wait", wait, timeout_s=DELETED_WITHIN_S + 5)


def put_back(namespace: str, manifest: dict[str, JsonValue]) -> None:
    """Undo: the object exactly as it was, whether it is gone, came back otherwise, or was changed.

    Not with kubectl, whose `create` and `replace` write the annotation anew that `apply` compares with.

    Raises:
        ApiException: the API server refuses it.
    """
    known = open_handle(Lab.of_checkout()).dynamic().resources
    objects = known.get(api_version=manifest["apiVersion"], kind=manifest["kind"])
    metadata = manifest["metadata"]
    if not isinstance(metadata, dict):
        raise LabError(f"The undo journal holds no object, but {str(manifest)[:200]}.")
    where = {"namespace": namespace or None, "_request_timeout": TIMEOUT_S}
    try:
        now = objects.get(name=metadata["name"], **where).metadata.resourceVersion
    except NotFoundError:
        objects.create(body=manifest, **where)
    else:
        body = {**manifest, "metadata": {**metadata, "resourceVersion": now}}
        objects.replace(body=body, name=metadata["name"], **where)


def without_server_side(found: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The object as somebody would have written it: no status, nothing that the API server alone sets."""
    metadata = found["metadata"]
    kept = {key: value for key, value in found.items() if key != "status"}
    if isinstance(metadata, dict):
        kept["metadata"] = {key: value for key, value in metadata.items() if key not in _SERVER_SIDE}
    return kept


def goes_with_the_run(session: Session, manifest: dict[str, JsonValue]) -> bool:
    """Whether the run itself made a cluster-scoped object: its end is promised already, so nothing has to come back."""
    metadata = manifest["metadata"]
    name = str(metadata.get("name")) if isinstance(metadata, dict) else ""
    if manifest["kind"] == "Namespace":
        return name in own_namespaces(session)
    return f"{manifest['kind']}/{name}" in session.brought


def _is_outside(session: Session, namespace: str) -> bool:
    """Whether the object does not go away with the run.

    Raises:
        LabError: the namespace is the lab's own.
    """
    if namespace == NAMESPACE:
        raise LabError(f"{NAMESPACE} holds what measures and guards the lab: nothing of it is applied or deleted.")
    return namespace not in own_namespaces(session)


def _refuse_lasting_harm(found: dict[str, JsonValue]) -> None:
    metadata = found["metadata"]
    owned = isinstance(metadata, dict) and bool(metadata.get("ownerReferences"))
    if found["kind"] in TAKES_MORE_ALONG:
        raise LabError(f"Deleting a {found['kind']} outside the run takes along what no undo brings back.")
    if owned:
        raise LabError(
            f"{full_name(found)} is made by another object, which would make it again beside the one that is put back.",
            "Delete or patch its owner.",
        )


def _read(handle: Handle, namespace: str, resource: str) -> dict[str, JsonValue]:
    """The object without server-side fields; empty where it is not there."""
    text = handle.kubectl("get", resource, *_where(namespace), "-o", "json", "--ignore-not-found", timeout_s=20)
    found: dict[str, JsonValue] = json.loads(text) if text.strip() else {}
    return without_server_side(found) if found else {}


def full_name(manifest: dict[str, JsonValue]) -> str:
    """`kind.version.group/name`, which kubectl takes for any kind without a guess."""
    metadata = manifest["metadata"]
    name = metadata.get("name") if isinstance(metadata, dict) else None
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    kind = f"{manifest['kind']}.{version}.{group}" if group else str(manifest["kind"])
    return f"{kind}/{name}"


def _where(namespace: str) -> list[str]:
    return ["-n", namespace] if namespace else []


def _put_back(namespace: str, manifest: dict[str, JsonValue]) -> Activity:
    title = f"put {full_name(manifest)} back" + (f" in {namespace}" if namespace else "")
    return undo(title, __name__, "put_back", namespace=namespace, manifest=manifest)
