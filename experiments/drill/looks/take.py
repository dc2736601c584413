"""Taking a picture: one GET for each kind and namespace, a few side by side."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from cluster.errors import LabError, OracleUnavailable
from cluster.guard import Handle
from experiments.drill.looks.objects import picture_of
from experiments.drill.looks.paging import rules_of, silences_of
from experiments.drill.looks.picture import Alerting, Picture
from experiments.play.namespaces import cluster_of, own_namespaces
from experiments.play.session import Session

_SIDE_BY_SIDE = 3
_TIMEOUT_S = 20.0
KINDS = tuple(
    {
        "deployment": "/apis/apps/v1/namespaces/{}/deployments",
        "statefulset": "/apis/apps/v1/namespaces/{}/statefulsets",
        "daemonset": "/apis/apps/v1/namespaces/{}/daemonsets",
        "service": "/api/v1/namespaces/{}/services",
        "endpointslice": "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
        "networkpolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
        "persistentvolumeclaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
        "configmap": "/api/v1/namespaces/{}/configmaps",
        "horizontalpodautoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
        "poddisruptionbudget": "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
        "pod": "/api/v1/namespaces/{}/pods",
        "job": "/apis/batch/v1/namespaces/{}/jobs",
    }.items()
)


def take(session: Session, *, alerting: Iterable[str]) -> Picture:
    """The system as it is.

    Args:
        session: the open drill.
        alerting: the monitoring namespaces whose Prometheus and Alertmanager are asked.

    Raises:
        LabError: something could not be asked, and a picture without it would show less than there is.
    """
    namespaces = reachable(session)
    asked = [(cluster_of(session, name), kind, path.format(name)) for name in namespaces for kind, path in KINDS]
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in (*dict(KINDS), "namespace")}
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        for kind, items in pool.map(lambda one: (one[1], _items(one[0], one[2])), asked):
            found[kind] += items
        seen = pool.map(
            lambda name: cluster_of(session, name).get(f"/api/v1/namespaces/{name}", _TIMEOUT_S), namespaces
        )
        found["namespace"] += seen
    return replace(picture_of(found), alerting={name: _alerting(session, name) for name in alerting})


def reachable(session: Session) -> list[str]:
    """The namespaces of the run, and those in which its runbook may write."""
    more = [name for name, right in session.played.rights.namespaces.items() if right == "write"]
    return list(dict.fromkeys([*own_namespaces(session), *more]))


def answering(session: Session) -> list[str]:
    """The monitoring namespaces whose Prometheus and Alertmanager answer both: a system may bring one alone."""
    scenario = session.file.scenario
    found = []
    for name in dict.fromkeys((scenario.monitoring, scenario.oracle)):
        try:
            _alerting(session, name)
        except LabError:
            continue
        found.append(name)
    return found


def _alerting(session: Session, namespace: str) -> Alerting:
    rules = _told(session, namespace, "prometheus", 9090, "/api/v1/rules")
    silences = _told(session, namespace, "alertmanager", 9093, "/api/v2/silences")
    status = _told(session, namespace, "alertmanager", 9093, "/api/v2/status")
    return Alerting(rules_of(rules), silences_of(silences), status["config"]["original"])


def _told(session: Session, namespace: str, service: str, port: int, path: str) -> Any:
    response = session.sources.proxy.get(namespace, service, port, path)
    if response.status_code != 200:
        raise OracleUnavailable(f"{service} in {namespace} answers {response.status_code} to {path}")
    return response.json()


def _items(handle: Handle, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = handle.get(path, _TIMEOUT_S)["items"]
    return items
