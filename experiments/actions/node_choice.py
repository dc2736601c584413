"""Finding the node that a fault strikes, at the moment it strikes."""

from __future__ import annotations

from collections import Counter
from functools import singledispatch
from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle
from experiments.kube_api import TIMEOUT_S, core
from experiments.model.nodes import NODE_CHOICE, AnyNode, NamedNode, PodNode, RoleNode, ZoneNode
from experiments.play.session import Session

ZONE = "topology.kubernetes.io/zone"
ROLE = "node-role.kubernetes.io/"
CONTROL_PLANE = "control-plane"

Where = dict[str, str]
"""A choice as a step's arguments carry it: the JSON of one of the models in `experiments/model/nodes.py`."""


def resolve(session: Session, where: Where) -> str:
    """The whole name of the chosen node; it is written to the timeline.

    Args:
        session: the open run.
        where: the choice.

    Raises:
        LabError: no node fits, or it is the shared cluster's control plane.
    """
    choice = NODE_CHOICE.validate_python(where)
    name = find(session.handle, choice)
    shared = session.file.scenario.cluster == "shared"
    if shared and name == session.handle.lab.control_plane:
        raise LabError(
            f"{choice} is {name}, the control plane of the shared cluster, on which no node fault may strike.",
            "choose a worker",
        )
    session.recorder.event("note", f"{choice} is {name}", node=name)
    return name


def find(handle: Handle, choice: AnyNode) -> str:
    """The whole name of the node that a choice means now.

    Raises:
        LabError: no node fits; the message says which there are.
    """
    nodes = {node.metadata.name: node for node in core(handle).list_node(_request_timeout=TIMEOUT_S).items}
    fitting = _fitting(choice, handle, nodes)
    if not fitting:
        raise LabError(f"{choice}: there is no such node; the nodes are {', '.join(sorted(nodes))}.")
    return fitting[0]


@singledispatch
def _fitting(choice: object, handle: Handle, nodes: dict[str, Any]) -> list[str]:
    """The names that fit, the best first."""
    raise TypeError(f"no way to choose a node by {type(choice).__name__}")


@_fitting.register
def _(choice: NamedNode, handle: Handle, nodes: dict[str, Any]) -> list[str]:
    return [name for name in (f"{handle.lab.name}-{choice.name}", choice.name) if name in nodes]


@_fitting.register
def _(choice: ZoneNode, handle: Handle, nodes: dict[str, Any]) -> list[str]:
    return sorted(name for name, node in nodes.items() if node.metadata.labels.get(ZONE) == choice.zone)


@_fitting.register
def _(choice: RoleNode, handle: Handle, nodes: dict[str, Any]) -> list[str]:
    if choice.role == "worker":  # kind labels the control plane alone
        return sorted(name for name, node in nodes.items() if ROLE + CONTROL_PLANE not in node.metadata.labels)
    return sorted(name for name, node in nodes.items() if ROLE + choice.role in node.metadata.labels)


@_fitting.register
def _(choice: PodNode, handle: Handle, nodes: dict[str, Any]) -> list[str]:
    pods = core(handle).list_namespaced_pod(
        choice.namespace, label_selector=choice.selector, _request_timeout=TIMEOUT_S
    )
    running = [p for p in pods.items if p.status.phase == "Running" and p.metadata.deletion_timestamp is None]
    count = Counter(pod.spec.node_name for pod in running)
    return sorted(count, key=lambda name: (-count[name], name))
