"""Scrapes that break although the application is well: each way leaves another trace at Prometheus.

A wrong path is `404` or a page without metrics, a wrong port `connection refused`, a policy in between
`context deadline exceeded`; all three leave `up` at 0. A target that discovery no longer finds leaves nothing at all,
not even `up`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from cluster.errors import LabError
from experiments.actions.config import rolled_out
from experiments.actions.objects import refuse_outside
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of

Template = dict[str, Any]

PATH, SCRAPE = "prometheus.io/path", "prometheus.io/scrape"
PORT = "metrics"
"""The name of the container port that a run's Prometheus scrapes, annotation or not."""

RENAMED = "stats"
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def wrong_path(namespace: str, deployment: str, path: str, within_s: float, configuration: Configuration) -> str:
    """Release a Deployment whose pods announce a path of metrics that they do not serve.

    Args:
        namespace: one of the run's own.
        deployment: name of the Deployment.
        path: what the pods announce.
        within_s: seconds until the release has to be complete.

    Returns:
        `rolled out`.

    Raises:
        LabError: the namespace is not the run's own, or Prometheus does not scrape the Deployment.
        ConditionTimedOut: the release is not complete in time.
    """

    def announce(template: Template) -> None:
        template["metadata"].setdefault("annotations", {})[PATH] = path

    return _release(session_of(configuration), namespace, deployment, announce, f"with {PATH}={path}", within_s)


def undiscovered(namespace: str, deployment: str, within_s: float, configuration: Configuration) -> str:
    """Release a Deployment that discovery no longer takes for a target: its annotation says no, its port is renamed.

    Args:
        namespace: one of the run's own.
        deployment: name of the Deployment.
        within_s: seconds until the release has to be complete.

    Returns:
        `rolled out`.

    Raises:
        LabError: the namespace is not the run's own, or Prometheus does not scrape the Deployment.
        ConditionTimedOut: the release is not complete in time.
    """
    return _release(session_of(configuration), namespace, deployment, hide, "as no target", within_s)


def wrong_port(namespace: str, deployment: str, port: int, within_s: float, configuration: Configuration) -> str:
    """Release a Deployment whose pods announce a port of metrics at which nothing listens.

    Args:
        namespace: one of the run's own.
        deployment: name of the Deployment; it has a port `metrics`, which serves nobody but Prometheus.
        port: the number they announce.
        within_s: seconds until the release has to be complete.

    Returns:
        `rolled out`.

    Raises:
        LabError: the namespace is not the run's own, or the Deployment has no port `metrics`.
        ConditionTimedOut: the release is not complete in time.
    """

    def announce(template: Template) -> None:
        found = list(_ports(template))
        if not found:
            raise LabError(f"deployment/{deployment} has no port {PORT}; its other ports serve its users too.")
        _probe_by_number(template)
        for one in found:
            one["containerPort"] = port

    return _release(session_of(configuration), namespace, deployment, announce, f"with port {port}", within_s)


def blocked(namespace: str, labels: dict[str, str], configuration: Configuration) -> None:
    """Apply a NetworkPolicy that lets every namespace but monitoring's reach some pods, so that users notice nothing.

    Args:
        namespace: one of the run's own.
        labels: of the pods; none: all of the namespace.

    Raises:
        LabError: the namespace is not the run's own.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    name = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": [session.file.scenario.monitoring]}
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "internal-traffic", "namespace": namespace},
        "spec": {
            "podSelector": {"matchLabels": labels},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"namespaceSelector": {"matchExpressions": [name]}}]}],
        },
    }
    session.handle.kubectl("apply", "-f", "-", stdin=json.dumps(policy), timeout_s=20)


def scraped(template: Template) -> bool:
    """Whether a run's Prometheus takes pods of this template for targets (fixtures/observability says when)."""
    named = {port.get("name") for one in template["spec"]["containers"] for port in one.get("ports", [])}
    wanted = template["metadata"].get("annotations", {}).get(SCRAPE) == "true"
    return PORT in named or ("http" in named and wanted)


def hide(template: Template) -> None:
    """Change a template so that discovery passes over its pods, and nothing else notices."""
    template["metadata"].setdefault("annotations", {})[SCRAPE] = "false"
    _probe_by_number(template)
    for port in _ports(template):
        port["name"] = RENAMED


def _ports(template: Template) -> Iterator[Any]:
    for container in template["spec"]["containers"]:
        yield from (port for port in container.get("ports", []) if port.get("name") == PORT)


def _probe_by_number(template: Template) -> None:
    """Whoever moves or renames a port keeps its probes working, else the release would not get through."""
    for container in template["spec"]["containers"]:
        number = next((port["containerPort"] for port in container.get("ports", []) if port.get("name") == PORT), None)
        for probe in (container.get(name, {}) for name in _PROBES):
            for check in (probe.get("tcpSocket"), probe.get("httpGet")):
                if check and check["port"] == PORT:
                    check["port"] = number


def _release(
    session: Session, namespace: str, deployment: str, change: Callable[[Template], None], what: str, within_s: float
) -> str:
    refuse_outside(session, namespace)
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}"
    template = copy.deepcopy(session.handle.get(path)["spec"]["template"])
    if not scraped(template):
        raise LabError(f"deployment/{deployment} in {namespace} is no target of Prometheus: nothing can break.")
    change(template)
    patch = json.dumps([{"op": "replace", "path": "/spec/template", "value": template}])
    session.handle.kubectl("patch", f"deployment/{deployment}", "-n", namespace, "--type", "json", "-p", patch)
    return rolled_out(session.handle, namespace, deployment, what, within_s)
