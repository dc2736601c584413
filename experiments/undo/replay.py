"""Replaying what an undo journal still owes: newest first, one failing never stops the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaoslib.activity import run_activity
from chaoslib.exceptions import ActivityFailed
from pydantic import JsonValue

from experiments.undo.journal import UndoJournal


@dataclass(frozen=True)
class Replayed:
    """What a replay did: titles of the undos carried out, and of those that failed with their reason."""

    undone: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def replay(journal: UndoJournal, configuration: dict[str, JsonValue]) -> Replayed:
    """Carry out every undo that is owed, newest first, and mark each on disk as it is done.

    Args:
        journal: the run's journal; what fails stays owed in it, for the next `firedrill heal`.
        configuration: Chaos Toolkit configuration for the activities.

    Returns:
        What was undone and what failed; the journal is forgotten where nothing failed.
    """
    result = Replayed()
    for promise in journal.owed():
        try:
            run_activity(promise.activity, configuration, {})
        except (ActivityFailed, ImportError, AttributeError, KeyError) as error:  # the rest still has to run
            result.failed.append(f"{promise.title}: {error}")
        else:
            journal.kept(promise.n)
            result.undone.append(promise.title)
    if not result.failed:
        journal.forget()
    return result
