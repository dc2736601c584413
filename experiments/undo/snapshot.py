"""What the lab looked like before a run, so that cleanup can be verified by name.

A thing is left out only where the lab itself changes it while nothing is wrong; each look says what and why.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cluster.guard import Handle
from experiments.undo.host_state import host_state
from experiments.undo.node_state import node_state
from experiments.undo.object_state import RUN_LABEL, object_state
from experiments.undo.things import Snapshot, Things, differences
from experiments.undo.toxic_state import toxic_state

__all__ = ["RUN_LABEL", "Snapshot", "differences", "take"]

LOOKS: tuple[Callable[[Handle], Things], ...] = (object_state, node_state, toxic_state, host_state)


def take(handle: Handle) -> Snapshot:
    """Look at the lab, everything side by side.

    Raises:
        LabError: the API server, a running node or the engine could not be asked.
    """
    with ThreadPoolExecutor(len(LOOKS)) as pool:
        parts = list(pool.map(lambda look: look(handle), LOOKS))
    return Snapshot(things={name: thing for part in parts for name, thing in part.items()})
