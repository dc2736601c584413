"""What the lab looked like before a run, so that cleanup can be verified by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kubernetes import client
from pydantic import BaseModel

from cluster.guard import Handle
from cluster.lab import LABEL_KIND, LABEL_LAB
from experiments.undo.node_state import node_state

RUN_LABEL = "firedrill.run"
"""On every namespace that a run makes; its value is the run's id."""


class Snapshot(BaseModel):
    """The lab outside the namespaces of runs: what each thing is called -> the state it was in."""

    things: dict[str, str]


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Every difference by name, sorted; empty where the lab is as it was."""
    found = []
    for name in sorted(before.things.keys() | after.things.keys()):
        was, now = before.things.get(name), after.things.get(name)
        if was == now:
            continue
        if was is None:
            found.append(f"{name} is new: {now}")
        elif now is None:
            found.append(f"{name} is gone: it was {was}")
        else:
            found.append(f"{name} was {was}, is {now}")
    return found


def take(handle: Handle) -> Snapshot:
    """Look at the lab, everything side by side.

    Raises:
        ApiException: the API server refused a question.
        LabError: a node or the engine could not be asked.
    """
    run_namespaces = {n.metadata.name for n in _items(_core(handle).list_namespace, label_selector=RUN_LABEL)}
    looks: list[Callable[[], dict[str, str]]] = [
        lambda: _nodes(handle),
        lambda: _cluster_scoped(handle),
        lambda: _namespaced(handle, run_namespaces),
        lambda: _containers(handle),
        lambda: node_state(handle),
    ]
    with ThreadPoolExecutor(len(looks)) as pool:
        parts = list(pool.map(lambda look: look(), looks))
    return Snapshot(things={name: state for part in parts for name, state in part.items()})


def _core(handle: Handle) -> client.CoreV1Api:
    return client.CoreV1Api(handle.api)


def _items(ask: Callable[..., Any], **more: str) -> Iterable[Any]:
    items: list[Any] = ask(_request_timeout=20, **more).items
    return items


def _nodes(handle: Handle) -> dict[str, str]:
    found = {}
    for node in _items(_core(handle).list_node):
        taints = sorted(f"{t.key}={t.value or ''}:{t.effect}" for t in node.spec.taints or [])
        labels = sorted(f"{key}={value}" for key, value in node.metadata.labels.items())
        found[f"node {node.metadata.name} taints"] = ", ".join(taints) or "none"
        found[f"node {node.metadata.name} cordon"] = "cordoned" if node.spec.unschedulable else "schedulable"
        found[f"node {node.metadata.name} labels"] = ", ".join(labels)
    return found


def _cluster_scoped(handle: Handle) -> dict[str, str]:
    rbac, admission = client.RbacAuthorizationV1Api(handle.api), client.AdmissionregistrationV1Api(handle.api)
    asks: dict[str, Callable[..., Any]] = {
        "clusterrole": rbac.list_cluster_role,
        "clusterrolebinding": rbac.list_cluster_role_binding,
        "persistentvolume": _core(handle).list_persistent_volume,
        "storageclass": client.StorageV1Api(handle.api).list_storage_class,
        "priorityclass": client.SchedulingV1Api(handle.api).list_priority_class,
        "validatingwebhookconfiguration": admission.list_validating_webhook_configuration,
        "mutatingwebhookconfiguration": admission.list_mutating_webhook_configuration,
        "customresourcedefinition": client.ApiextensionsV1Api(handle.api).list_custom_resource_definition,
        "apiservice": client.ApiregistrationV1Api(handle.api).list_api_service,
        "namespace": _core(handle).list_namespace,
    }
    return {
        f"{kind} {item.metadata.name}": "there"
        for kind, ask in asks.items()
        for item in _items(ask)
        if RUN_LABEL not in (item.metadata.labels or {})
    }


def _namespaced(handle: Handle, run_namespaces: set[str]) -> dict[str, str]:
    apps, network = client.AppsV1Api(handle.api), client.NetworkingV1Api(handle.api)
    found = {}
    for kind, ask in {
        "deployment": apps.list_deployment_for_all_namespaces,
        "statefulset": apps.list_stateful_set_for_all_namespaces,
    }.items():
        for item in _items(ask):
            if item.metadata.namespace not in run_namespaces:
                found[f"{kind} {item.metadata.namespace}/{item.metadata.name}"] = f"{item.spec.replicas} replicas"
    for kind, ask in {
        "daemonset": apps.list_daemon_set_for_all_namespaces,
        "networkpolicy": network.list_network_policy_for_all_namespaces,
    }.items():
        for item in _items(ask):
            if item.metadata.namespace not in run_namespaces:
                generation = item.metadata.generation
                found[f"{kind} {item.metadata.namespace}/{item.metadata.name}"] = f"generation {generation}"
    return found


def _containers(handle: Handle) -> dict[str, str]:
    labels = (f"{LABEL_LAB}={handle.lab.name}", f"{LABEL_KIND}={handle.lab.victim().name}")
    return {
        f"container {container.name}": container.status
        for label in labels
        for container in handle.docker.containers.list(all=True, filters={"label": label}, ignore_removed=True)
    }
