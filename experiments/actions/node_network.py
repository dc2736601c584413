"""A node that nobody reaches and that reaches nobody."""

from __future__ import annotations

from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_commands import on_node
from experiments.actions.node_revert import Revert, arm
from experiments.play.played import Configuration
from experiments.play.session import session_of

TABLE = "inet firedrill-cut-off"
PORT = "eth0"
"""Docker's name for a container's first network interface; the pods of the node have others."""

# Before connection tracking and after source translation: nothing is let through for being known already.
_CUT = f"""nft -f - <<'RULES'
table {TABLE} {{
  chain in {{ type filter hook prerouting priority -400; iifname "{PORT}" drop; }}
  chain out {{ type filter hook postrouting priority 400; oifname "{PORT}" drop; }}
}}
RULES"""
_MEND = f"nft 'add table {TABLE}; delete table {TABLE}'"


def cut_off(where: Where, limit_s: float, configuration: Configuration) -> str:
    """Drop every packet between a node and the rest of the lab; what runs on it goes on, and reaches its own pods.

    Packets are dropped, not refused: open connections hang. The node keeps its address, which leaving the network would
    cost it.

    Args:
        where: which node.
        limit_s: seconds until the node drops the rules by itself; its own timer needs no network.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, or it is cut off already.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    arm(session, Revert(f"connect {node} again", node, node, "firedrill-cut-off", _MEND), limit_s)
    on_node(session.handle, node, _CUT)
    return node
