"""Services of a node that stop: kubelet and containerd."""

from __future__ import annotations

from typing import Literal

from cluster.errors import LabError
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_commands import on_node
from experiments.actions.node_revert import Revert, arm
from experiments.play.played import Configuration
from experiments.play.session import session_of

Service = Literal["kubelet", "containerd"]


def stop(where: Where, service: Service, limit_s: float, configuration: Configuration) -> str:
    """Stop a service of a node. Its containers run on; systemd does not start it again, `systemctl start` does.

    Args:
        where: which node.
        service: the systemd service.
        limit_s: seconds until the node starts it by itself.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, or the service does not run, so that stopping it would have no effect.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    state = on_node(session.handle, node, f"systemctl is-active {service} || true").strip()
    if state != "active":
        raise LabError(f"{service} on {node} is {state}: there is nothing to stop.", "firedrill heal")
    title = f"start {service} on {node}"
    arm(session, Revert(title, node, node, f"firedrill-{service}", f"systemctl start {service}"), limit_s)
    on_node(session.handle, node, f"systemctl stop {service}")
    return node
