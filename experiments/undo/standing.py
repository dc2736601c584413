"""What of a run still stands, and the commands a person types in the checkout to look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core
from experiments.undo import namespaces
from experiments.undo.journal import UndoJournal
from experiments.undo.things import kubectl


def standing(handles: Sequence[Handle], journal: UndoJournal) -> list[str]:
    """The namespaces of the run with their pods, in each of its clusters, and the undos that it owes.

    Args:
        handles: the lab's cluster, and the run's own where it has one.
        journal: the run's.
    """
    found: list[str] = []
    for handle in handles:
        found += _asked(handle, _namespaces, f"cluster {handle.lab.name}: its API server does not answer")
    return found + [f"owed: {promise.title}" for promise in journal.owed()]


def look_at(handles: Sequence[Handle]) -> list[str]:
    """Commands that show the namespaces of runs in each cluster, and reach their Services by a URL on this host."""
    return [line for handle in handles for line in _asked(handle, _commands, f"docker logs {handle.lab.control_plane}")]


def _asked(handle: Handle, ask: Callable[[Handle], list[str]], silent: str) -> list[str]:
    """What a cluster answers; one that the run has wrecked stands, too."""
    try:
        return ask(handle)
    except (ApiException, HTTPError):
        return [silent]


def _namespaces(handle: Handle) -> list[str]:
    where = f" in {handle.lab.name}" if handle.lab.within else ""
    return [f"namespace {name}{where}: {_pods(handle, name)}" for name in namespaces.of_runs(handle)]


def _pods(handle: Handle, name: str) -> str:
    pods: list[Any] = core(handle).list_namespaced_pod(name, _request_timeout=TIMEOUT_S).items
    return ", ".join(f"{pod.metadata.name} {pod.status.phase}" for pod in pods) or "no pods"


def _commands(handle: Handle) -> list[str]:
    command = kubectl(handle.lab)
    found: list[str] = []
    for name in namespaces.of_runs(handle):
        found.append(f"{command} get all,events -n {name}")
        services: list[Any] = core(handle).list_namespaced_service(name, _request_timeout=TIMEOUT_S).items
        found += [_reach(command, name, service) for service in services]
    return found


def _reach(command: str, namespace: str, service: Any) -> str:
    port = service.spec.ports[0].port
    forward = f"{command} port-forward -n {namespace} service/{service.metadata.name} {port}"
    return f"{forward}  # then http://127.0.0.1:{port}, or another client of its protocol"
