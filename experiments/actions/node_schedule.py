"""Nodes that the scheduler keeps away from: cordons and taints.

They are fields of API objects, so their timer is on the control plane, where a kubectl with the rights is: a kubelet
may not change the taints of its own node.
"""

from __future__ import annotations

from cluster.errors import LabError
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_revert import Revert, arm
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import session_of

_KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf"


def cordon(where: Where, limit_s: float, configuration: Configuration) -> str:
    """Mark a node as unschedulable; its pods stay.

    Args:
        where: which node.
        limit_s: seconds until the lab takes it back without the runner.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, or it is cordoned already.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    if core(session.handle).read_node(node, _request_timeout=TIMEOUT_S).spec.unschedulable:
        raise LabError(f"{node} is cordoned already: the fault would have no effect.", f"kubectl uncordon {node}")
    keeper = session.handle.lab.control_plane
    undo = Revert(f"uncordon {node}", node, keeper, f"firedrill-cordon-{node}", f"{_KUBECTL} uncordon {node}")
    arm(session, undo, limit_s)
    session.handle.kubectl("cordon", node, timeout_s=20)
    return node


def taint(where: Where, key: str, value: str, effect: str, limit_s: float, configuration: Configuration) -> str:
    """Add a taint to a node.

    Args:
        where: which node.
        key: the taint's key.
        value: its value; may be empty.
        effect: `NoSchedule`, `PreferNoSchedule` or `NoExecute`, which evicts pods that do not tolerate it.
        limit_s: seconds until the lab takes it back without the runner.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, or it has a taint of that key and effect already.
        CommandFailed: the API server refuses the taint.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    taints = core(session.handle).read_node(node, _request_timeout=TIMEOUT_S).spec.taints or []
    if any((one.key, one.effect) == (key, effect) for one in taints):
        raise LabError(f"{node} has the taint {key}:{effect} already: the fault would replace it.")
    # "not found" is said of a taint that is gone and of a node that is.
    script = f"said=$({_KUBECTL} taint node {node} {key}:{effect}- 2>&1) || grep -q 'not found' <<<\"$said\""
    unit = f"firedrill-taint-{node}-{key.replace('/', '-')}-{effect}"
    keeper = session.handle.lab.control_plane
    arm(session, Revert(f"take the taint {key}:{effect} from {node}", node, keeper, unit, script), limit_s)
    session.handle.kubectl("taint", "node", node, f"{key}={value}:{effect}", timeout_s=20)
    return node
