"""Waits until the cluster's nodes and workloads are ready, saying what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from cluster.deadline import Deadline
from cluster.errors import ConditionTimedOut, LabError
from cluster.guard import Handle
from cluster.manifests import Manifest

_KINDS = ("Deployment", "DaemonSet", "StatefulSet")


def nodes_not_ready(handle: Handle) -> list[str]:
    """Nodes that are not Ready, with what they say about it."""
    listed = handle.get("/api/v1/nodes")["items"]
    found = []
    for node in listed:
        ready = next((c for c in node["status"].get("conditions", []) if c["type"] == "Ready"), None)
        if ready is None or ready["status"] != "True":
            found.append(f"{node['metadata']['name']}: {ready['message'] if ready else 'no status yet'}")
    return found or ([] if listed else ["no node has joined"])


def nodes_silent_since(handle: Handle, moment: datetime) -> list[str]:
    """Nodes whose kubelet has not renewed its lease after a moment: what they say of themselves may be from before."""
    leases = handle.get("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")["items"]
    renewed = {lease["metadata"]["name"]: datetime.fromisoformat(lease["spec"]["renewTime"]) for lease in leases}
    names = [node["metadata"]["name"] for node in handle.get("/api/v1/nodes")["items"]]
    return [f"{name} is silent" for name in names if name not in renewed or renewed[name] < moment]


def workloads_not_ready(handle: Handle, manifests: Iterable[Manifest]) -> list[str]:
    """Deployments, DaemonSets and StatefulSets among the manifests whose pods are not all up to date and ready."""
    seen = {
        (kind, item["metadata"]["namespace"], item["metadata"]["name"]): item
        for kind in _KINDS
        for item in handle.get(f"/apis/apps/v1/{kind.lower()}s")["items"]
    }
    found = []
    for manifest in manifests:
        kind, meta = manifest["kind"], manifest["metadata"]
        if kind not in _KINDS:
            continue
        name = f"{meta.get('namespace', 'default')}/{meta['name']}"
        item = seen.get((kind, meta.get("namespace", "default"), meta["name"]))
        if item is None:
            found.append(f"{kind} {name} does not exist")
            continue
        wanted, updated, ready = _counts(kind, item)
        observed = item["status"].get("observedGeneration") == item["metadata"]["generation"]
        if not observed or not wanted == updated == ready:
            found.append(f"{kind} {name}: {ready} of {wanted} ready, {updated} up to date")
    return found


def await_empty(what: str, ask: Callable[[], list[str]], timeout_s: float) -> None:
    """Waits until nothing is left of what a question answers.

    Args:
        what: what is waited for, for the message.
        ask: answers with what is still missing; an API server that does not answer yet counts as missing.
        timeout_s: seconds until it is given up.

    Raises:
        ConditionTimedOut: something was still missing at the end; the message says what.
    """
    limit = Deadline(timeout_s)
    while True:
        try:
            left = ask()
        except LabError as failure:
            left = [failure.happened]
        if not left:
            return
        if limit.passed():
            raise ConditionTimedOut(f"{what}: not after {timeout_s:.0f} s: {'; '.join(left)}", "make status")
        limit.pause()


def _counts(kind: str, item: Manifest) -> tuple[int, int, int]:
    """How many pods are wanted, of the newest form, and ready."""
    status = item["status"]
    if kind == "DaemonSet":
        wanted = status["desiredNumberScheduled"]
        return wanted, status.get("updatedNumberScheduled", 0), status.get("numberReady", 0)
    return item["spec"]["replicas"], status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
