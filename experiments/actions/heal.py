"""The one rollback of every experiment."""

from __future__ import annotations

from experiments.play import lifecycle
from experiments.play.played import Configuration


def heal(configuration: Configuration) -> None:
    """Collect the evidence, undo what the run did, remove its namespaces and verify the lab; or keep it, where asked.

    A run that was never opened (the lab was busy) has nothing to heal and touches nothing.

    Raises:
        CleanupFailed: the lab differs from what it was; cleanup.json and the message name every difference.
    """
    lifecycle.close(configuration)
