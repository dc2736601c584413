"""What of a run still stands, and the commands a person types in the checkout to look at it."""

from __future__ import annotations

from typing import Any

from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core
from experiments.undo import namespaces
from experiments.undo.journal import UndoJournal
from experiments.undo.things import kubectl


def standing(handle: Handle, journal: UndoJournal) -> list[str]:
    """The namespaces of the run with their pods, and the undos that it owes.

    Raises:
        ApiException: the API server refused.
    """
    lines = [_namespace(handle, name) for name in namespaces.of_runs(handle)]
    return lines + [f"owed: {promise.title}" for promise in journal.owed()]


def look_at(handle: Handle) -> list[str]:
    """Commands that show the namespaces of runs, and reach their Services by a URL on this host.

    Raises:
        ApiException: the API server refused.
    """
    command = kubectl(handle.lab)
    found: list[str] = []
    for name in namespaces.of_runs(handle):
        found.append(f"{command} get all,events -n {name}")
        services: list[Any] = core(handle).list_namespaced_service(name, _request_timeout=TIMEOUT_S).items
        found += [_reach(command, name, service) for service in services]
    return found


def _namespace(handle: Handle, name: str) -> str:
    pods: list[Any] = core(handle).list_namespaced_pod(name, _request_timeout=TIMEOUT_S).items
    return f"namespace {name}: " + (", ".join(f"{pod.metadata.name} {pod.status.phase}" for pod in pods) or "no pods")


def _reach(command: str, namespace: str, service: Any) -> str:
    port = service.spec.ports[0].port
    forward = f"{command} port-forward -n {namespace} service/{service.metadata.name} {port}"
    return f"{forward}  # then http://127.0.0.1:{port}, or another client of its protocol"
