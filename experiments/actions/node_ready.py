"""A node that is whole again: the undo of what made it fall silent is not over before."""

from __future__ import annotations

import datetime
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.compile.activities import undo
from experiments.kube_api import TIMEOUT_S, core
from experiments.undo.journal import Activity
from experiments.waiting import Seen, eventually

READY_WITHIN_S = 90.0
"""The longest of a node's clocks: its kubelet starts, pressure is over after 10 s, its daemons wait out a back-off."""

_OF_THE_CLUSTER = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
_SAID_BY_CORDON = "node.kubernetes.io/unschedulable"


def wait_ready(node: str) -> None:
    """Undo of anything that disturbs a node, replayed last: wait until it is Ready with its own daemons.

    Raises:
        ConditionTimedOut: it is not within 90 s; the message says what is missing.
    """
    handle = open_handle(Lab.of_checkout())
    try:
        await_ready(handle, node)
    finally:
        handle.close()


def await_ready(handle: Handle, node: str) -> None:
    """Wait until a node is Ready, says so itself, carries no taint of a failing node, and its daemons are ready.

    Raises:
        ConditionTimedOut: it is not within 90 s; the message says what is missing.
    """
    began = datetime.datetime.now(datetime.UTC)

    def look() -> Seen[bool]:
        try:
            missing = [*_node(handle, node), *_lease(handle, node, began), *_daemons(handle, node)]
        except ApiException as error:
            missing = [f"the API server answers {error.status}"]
        return Seen(None if missing else True, "; ".join(missing))

    eventually(look, what=f"node {node} is ready", within_s=READY_WITHIN_S, next_step="firedrill heal")


def activity(node: str) -> Activity:
    """The undo that calls `wait_ready`."""
    return undo(f"wait until {node} is ready", __name__, "wait_ready", node=node)


def _node(handle: Handle, name: str) -> list[str]:
    node = core(handle).read_node(name, _request_timeout=TIMEOUT_S)
    ready = next((c for c in node.status.conditions or [] if c.type == "Ready"), None)
    missing = [] if ready and ready.status == "True" else [f"not Ready: {ready and ready.message}"]
    keys = [taint.key for taint in node.spec.taints or []]
    return missing + [f"taint {key}" for key in keys if key.startswith(_OF_THE_CLUSTER) and key != _SAID_BY_CORDON]


def _lease(handle: Handle, name: str, began: datetime.datetime) -> list[str]:
    """Without this, a node would count as Ready until somebody notices that it is not."""
    leases: Any = client.CoordinationV1Api(handle.api)
    renewed = leases.read_namespaced_lease(name, "kube-node-lease", _request_timeout=TIMEOUT_S).spec.renew_time
    return [] if renewed and renewed > began else [f"its lease was renewed last at {renewed}"]


def _daemons(handle: Handle, node: str) -> list[str]:
    pods = core(handle).list_pod_for_all_namespaces(field_selector=f"spec.nodeName={node}", _request_timeout=TIMEOUT_S)
    return [
        f"{pod.metadata.name} is not ready"
        for pod in pods.items
        if any(owner.kind == "DaemonSet" for owner in pod.metadata.owner_references or [])
        and not any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions or [])
    ]
