"""Ending pods the hard way."""

from __future__ import annotations

from cluster.errors import LabError
from experiments.actions.objects import refuse_outside
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import session_of


def kill(namespace: str, selector: str, configuration: Configuration) -> list[str]:
    """Delete every pod that a label selector matches, without a grace period.

    Args:
        namespace: one of the run's own.
        selector: as kubectl writes it, `app=shop`.

    Returns:
        The names of the pods.

    Raises:
        LabError: the namespace is not the run's own, or no pod matches.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    api = core(session.handle)
    pods = api.list_namespaced_pod(namespace, label_selector=selector, _request_timeout=TIMEOUT_S).items
    names: list[str] = [pod.metadata.name for pod in pods]
    if not names:
        raise LabError(f"No pod in {namespace} matches {selector}; there is nothing to kill.")
    for name in names:
        api.delete_namespaced_pod(name, namespace, grace_period_seconds=0, _request_timeout=TIMEOUT_S)
    return names
