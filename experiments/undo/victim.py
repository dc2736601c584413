"""The undo of a run's own cluster: it is removed as a whole."""

from __future__ import annotations

from cluster.lab import Lab
from cluster.victim import remove as removal
from experiments.undo.journal import Activity


def remove() -> None:
    """Remove the throw-away cluster, whole or half; none there is no error.

    Raises:
        NotOurLab: a cluster of that name is not this checkout's.
        CleanupFailed: something of it could not be removed; the message names it.
    """
    removal.remove(Lab.of_checkout())


def activity(name: str) -> Activity:
    """The undo that calls `remove`, for the journal.

    Args:
        name: the cluster's, for people.
    """
    return {
        "type": "action",
        "name": f"remove the cluster {name}",
        "provider": {"type": "python", "module": "experiments.undo.victim", "func": "remove", "arguments": {}},
    }
