"""Removing the namespaces of runs, as fast as the API server lets go of them.

The controller of namespaces looks at one 5 s after it was deleted, and only then begins to empty it. What it finds then
that a finalizer holds, such as a claim whose pod was there a moment ago, it looks at again 8 s later. So a namespace is
deleted as early as may be, and emptied of what takes its time before the controller looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from cluster.errors import CleanupFailed, ConditionTimedOut, LabError
from cluster.guard import Handle, ask
from experiments.kube_api import TIMEOUT_S, core
from experiments.undo.snapshot import RUN_LABEL
from experiments.waiting import Seen, eventually

GONE_WITHIN_S = 90.0
LOST_AFTER_S = 20.0
"""A pod that is still there by then, though its grace is over, has lost its node."""
GRACE_S = 1
"""What a pod of a finished run gets to end: nothing of it is needed any more."""


def of_runs(handle: Handle) -> list[str]:
    """The namespaces that runs made and that are still there.

    Raises:
        LabError: the API server could not be asked.
    """
    found = handle.get(f"/api/v1/namespaces?labelSelector={RUN_LABEL}", TIMEOUT_S)["items"]
    return [namespace["metadata"]["name"] for namespace in found]


def leave(handle: Handle, names: list[str]) -> None:
    """Delete namespaces with their pods and claims, and wait for nothing; one that is gone already is no error.

    Raises:
        LabError: the API server refused, or does not answer.
    """
    if not names:
        return
    try:
        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(lambda name: _delete(handle, name), names))
    except (ApiException, HTTPError) as error:
        raise LabError(f"{', '.join(names)} cannot be deleted: {error}", "make status") from error


def going(handle: Handle, name: str) -> bool:
    """Whether a namespace is gone, or deleted and on its way.

    Raises:
        LabError: the API server could not be asked.
    """
    path = f"/api/v1/namespaces/{name}"
    status, found = ask(handle.api, path, TIMEOUT_S)
    if status not in (200, 404):
        raise LabError(f"The API server answers {status} to {path}: {found.get('message', '')}", "make status")
    return status == 404 or "deletionTimestamp" in found["metadata"]


def remove(handle: Handle, names: list[str]) -> None:
    """Delete namespaces and wait until they are gone; one that is gone already is no error.

    Raises:
        LabError: the API server refused, or does not answer.
        CleanupFailed: one is still there after 90 s; the message says what holds it.
    """
    if not names:
        return
    leave(handle, names)
    began = time.monotonic()

    def look() -> Seen[bool]:
        left = [name for name in of_runs(handle) if name in names]
        if left and time.monotonic() - began > LOST_AFTER_S:
            _let_go_of_lost_pods(handle, left)
        return Seen(None if left else True, "; ".join(_holds(handle, name) for name in left))

    try:
        eventually(look, what=f"the namespaces {', '.join(names)} are gone", within_s=GONE_WITHIN_S)
    except ConditionTimedOut as late:
        raise CleanupFailed(late.happened, "firedrill heal") from late


def _delete(handle: Handle, name: str) -> None:
    api = core(handle)
    _unless_gone(api.delete_namespace, name, propagation_policy="Background")
    # Now nothing can be created in it any more: its pods need not wait for their own grace periods.
    _unless_gone(api.delete_collection_namespaced_pod, name, grace_period_seconds=GRACE_S)
    _unless_gone(api.delete_collection_namespaced_persistent_volume_claim, name)


def _unless_gone(delete: Callable[..., object], name: str, **how: object) -> None:
    try:
        delete(name, _request_timeout=TIMEOUT_S, **how)
    except ApiException as error:
        if error.status not in (404, 409):  # gone, or being deleted already
            raise


def _let_go_of_lost_pods(handle: Handle, names: list[str]) -> None:
    """Forget the pods whose node does not answer: nobody is left to say that they ended."""
    lost = {node.metadata.name for node in core(handle).list_node(_request_timeout=TIMEOUT_S).items if not _ready(node)}
    if not lost:
        return
    for name in names:
        for pod in core(handle).list_namespaced_pod(name, _request_timeout=TIMEOUT_S).items:
            if pod.spec.node_name in lost:
                handle.kubectl(
                    "delete", "pod", pod.metadata.name, "-n", name, "--force", "--grace-period=0", "--ignore-not-found",
                    "--wait=false", timeout_s=TIMEOUT_S,
                )  # fmt: skip


def _ready(node: Any) -> bool:
    return any(one.type == "Ready" and one.status == "True" for one in node.status.conditions or [])


def _holds(handle: Handle, name: str) -> str:
    try:
        namespace = core(handle).read_namespace(name, _request_timeout=TIMEOUT_S)
    except ApiException as error:
        return f"{name}: {error.status}"
    said = [c.message for c in namespace.status.conditions or [] if c.status == "True" and c.message]
    return f"{name} {namespace.status.phase} ({'; '.join(said) or 'no reason given'})"
