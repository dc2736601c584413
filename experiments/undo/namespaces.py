"""Removing the namespaces of runs, as fast as the API server lets go of them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kubernetes.client.exceptions import ApiException

from cluster.errors import CleanupFailed, ConditionTimedOut
from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core
from experiments.undo.snapshot import RUN_LABEL
from experiments.waiting import Seen, eventually

GONE_WITHIN_S = 90.0
LOST_AFTER_S = 20.0
"""A pod that is still there by then, though its grace is over, has lost its node."""
GRACE_S = 1
"""What a pod of a finished run gets to end: nothing of it is needed any more."""


def of_runs(handle: Handle) -> list[str]:
    """The namespaces that runs made and that are still there."""
    found = core(handle).list_namespace(label_selector=RUN_LABEL, _request_timeout=TIMEOUT_S).items
    return [namespace.metadata.name for namespace in found]


def remove(handle: Handle, names: list[str]) -> None:
    """Delete namespaces and wait until they are gone; one that is gone already is no error.

    Raises:
        CleanupFailed: one is still there after 90 s; the message says what holds it.
    """
    if not names:
        return
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: _delete(handle, name), names))

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
    try:
        core(handle).delete_namespace(name, propagation_policy="Background", _request_timeout=TIMEOUT_S)
        # Now nothing can be created in it any more: its pods need not wait for their own grace periods.
        core(handle).delete_collection_namespaced_pod(name, grace_period_seconds=GRACE_S, _request_timeout=TIMEOUT_S)
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
