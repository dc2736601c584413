"""Pods that end at a moment of the story's own, while the run goes on watching.

The timer is on the control plane, where a kubectl with the rights is: what happens in between is the incident's time,
not the runner's.
"""

from __future__ import annotations

import hashlib
import shlex

from cluster.errors import LabError
from cluster.guard import open_handle
from cluster.lab import Lab
from experiments.actions.node_commands import on_node
from experiments.actions.objects import refuse_outside
from experiments.compile.activities import undo
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import session_of

_KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf"


def kill_later(namespace: str, selector: str, after_s: float, configuration: Configuration) -> str:
    """Arm a timer that deletes every pod that a label selector matches then, without a grace period.

    Args:
        namespace: one of the run's own.
        selector: as kubectl writes it, `app=shop`.
        after_s: seconds until it goes off.

    Returns:
        The timer's name.

    Raises:
        LabError: the namespace is not the run's own, no pod matches now, or the timer is there already.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    pods = core(session.handle).list_namespaced_pod(namespace, label_selector=selector, _request_timeout=TIMEOUT_S)
    if not pods.items:
        raise LabError(f"No pod in {namespace} matches {selector}; there is nothing to kill.")
    keeper, unit = session.handle.lab.control_plane, _unit(namespace, selector)
    if on_node(session.handle, keeper, f"systemctl list-units --all --plain --no-legend '{unit}.*'"):
        raise LabError(f"{keeper} has {unit} already: this fault stands.", "firedrill heal")
    title = f"do not kill the pods {selector} in {namespace}"
    session.journal.promise(undo(title, __name__, "disarm", keeper=keeper, unit=unit))
    kill = f"{_KUBECTL} -n {namespace} delete pod -l {shlex.quote(selector)} --grace-period=0 --force --wait=false"
    timed = f"systemd-run --quiet --collect --unit={unit} --on-active={after_s:g}s --timer-property=AccuracySec=100ms"
    on_node(session.handle, keeper, f"{timed} -- {kill}")
    return unit


def _unit(namespace: str, selector: str) -> str:
    return f"firedrill-kill-{namespace}-{hashlib.sha256(selector.encode()).hexdigest()[:8]}"


def disarm(keeper: str, unit: str) -> None:
    """Undo: stop the timer; one that went off is no error.

    Raises:
        NotOurLab: the guard refuses the cluster.
        LabError: the keeper could not be asked.
    """
    handle = open_handle(Lab.of_checkout())
    try:
        on_node(handle, keeper, f"systemctl stop {unit}.timer {unit}.service 2>/dev/null || true")
    finally:
        handle.close()
