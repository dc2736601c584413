"""Every Kubernetes object outside the namespaces of runs, by what it says."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle, ask
from experiments.undo.kinds import Kind, kinds
from experiments.undo.things import GOING, Thing, Things, kubectl

RUN_LABEL = "firedrill.run"
"""On every namespace that a run makes; its value is the run's id."""

_TIMEOUT_S = 20
_SIDE_BY_SIDE = 8
_BOOKKEEPING = {
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
}
"""Annotations that count changes instead of saying something: a change that was taken back leaves them changed."""

Object = dict[str, Any]


def object_state(handle: Handle) -> Things:
    """Objects of every kind, cluster-scoped and namespaced, by a hash of what they say (status left out).

    Left out: what is in a namespace of a run, and what a controller made, since its controller's object is looked at.

    Raises:
        LabError: the API server could not be asked.
    """
    every = kinds(handle)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        listed = list(zip(every, pool.map(lambda kind: _list(handle, kind), every), strict=True))
    of_runs = {
        item["metadata"]["name"]
        for kind, items in listed
        if kind.name == "Namespace"
        for item in items
        if _of_run(item)
    }
    command = kubectl(handle.lab)
    return {
        name: thing
        for kind, items in listed
        for item in items
        if not left_out(kind, item, of_runs)
        for name, thing in things_of(kind, item, command).items()
    }


def _list(handle: Handle, kind: Kind) -> list[Object]:
    status, answer = ask(handle.api, kind.path, _TIMEOUT_S)
    if status == 404:  # the kind was removed since it was discovered
        return []
    if status != 200:
        raise LabError(f"The API server answers {status} to {kind.path}: {answer.get('message', '')}", "make status")
    items: list[Object] = answer["items"]
    return items


def _of_run(item: Object) -> bool:
    return RUN_LABEL in item["metadata"].get("labels", {})


def left_out(kind: Kind, item: Object, of_runs: set[str]) -> bool:
    meta, spec = item["metadata"], item.get("spec", {})
    if meta.get("namespace") in of_runs or (kind.name == "Namespace" and _of_run(item)):
        return True
    if any(owner.get("controller") for owner in meta.get("ownerReferences", [])):
        return True
    match kind.name:
        case "PersistentVolume":
            return spec.get("claimRef", {}).get("namespace") in of_runs
        case "CertificateSigningRequest":  # of a node that joined; they expire within the hour
            return bool(spec["signerName"] == "kubernetes.io/kube-apiserver-client-kubelet")
        case "Secret":  # for joining nodes; it expires a day after the cluster was made
            return bool(item.get("type") == "bootstrap.kubernetes.io/token")
        case "ConfigMap":  # signed with that token
            return (meta["namespace"], meta["name"]) == ("kube-public", "cluster-info")
    return False


def things_of(kind: Kind, item: Object, command: str) -> Things:
    meta = item["metadata"]
    space, word = meta.get("namespace"), kind.name.lower()
    name = f"{word} {space}/{meta['name']}" if space else f"{word} {meta['name']}"
    where = f" -n {space}" if space else ""
    if kind.name == "Node":
        return _node(name, item, f"{command} describe node {meta['name']}")
    return {name: Thing(state=_state(kind, item), look=f"{command} get {word} {meta['name']}{where} -o yaml")}


def _node(name: str, item: Object, look: str) -> Things:
    spec, meta = item["spec"], item["metadata"]
    taints = sorted(f"{t['key']}={t.get('value', '')}:{t['effect']}" for t in spec.get("taints", []))
    labels = sorted(f"{key}={value}" for key, value in meta.get("labels", {}).items())
    rest = {key: value for key, value in spec.items() if key not in ("taints", "unschedulable")}
    return {
        f"{name} taints": Thing(state=", ".join(taints) or "none", look=look),
        f"{name} cordon": Thing(state="cordoned" if spec.get("unschedulable") else "schedulable", look=look),
        f"{name} labels": Thing(state=", ".join(labels), look=look),
        f"{name} spec": Thing(state=_hash({"spec": rest, "annotations": meta.get("annotations", {})}), look=look),
    }


def _state(kind: Kind, item: Object) -> str:
    if _going(kind, item):
        return GOING
    meta = item["metadata"]
    annotations = {key: value for key, value in meta.get("annotations", {}).items() if key not in _BOOKKEEPING}
    says = {key: value for key, value in item.items() if key not in ("status", "metadata")}
    says |= {"labels": meta.get("labels", {}), "annotations": annotations, "finalizers": meta.get("finalizers", [])}
    replicas = item.get("spec", {}).get("replicas")
    return _hash(says) if replicas is None else f"{replicas} replicas, {_hash(says)}"


def _going(kind: Kind, item: Object) -> bool:
    """Whether it is deleted already, or a volume (or the pod that empties it) whose claim is gone."""
    meta = item["metadata"]
    if meta.get("deletionTimestamp"):
        return True
    if kind.name == "PersistentVolume":
        released = item.get("status", {}).get("phase") == "Released"
        return bool(released and item["spec"].get("persistentVolumeReclaimPolicy") == "Delete")
    return bool(
        kind.name == "Pod" and meta["namespace"] == "local-path-storage" and meta["name"].startswith("helper-pod-")
    )


def _hash(says: object) -> str:
    return "content " + hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()[:12]
