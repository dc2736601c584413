"""Replaying what an undo journal still owes: newest first, one failing never stops the rest."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from chaoslib.activity import run_activity
from chaoslib.exceptions import ActivityFailed
from pydantic import JsonValue

from cluster.errors import NotWritten
from experiments.undo.journal import Promise, UndoJournal

_UNDOING: dict[str, JsonValue] = {"firedrill_undo": True}
"""Chaos Toolkit turns `$$` back into `$` only where there is a configuration, and `heal` has none of a run."""


@dataclass(frozen=True)
class Replayed:
    """What a replay did: titles of the undos carried out, and of those that failed with their reason."""

    undone: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


_LOG = logging.getLogger(__name__)


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
            run_activity(promise.activity, {**_UNDOING, **configuration}, {})
        except (ActivityFailed, ImportError, AttributeError, KeyError) as error:  # the rest still has to run
            result.failed.append(f"{promise.title}: {error}")
        else:
            result.undone.append(promise.title)
            _mark(journal, promise)
    if not result.failed:
        journal.forget()
    return result


def _mark(journal: UndoJournal, promise: Promise) -> None:
    """Note that a promise was kept; where the disk is full it is carried out once more, which harms nothing."""
    try:
        journal.kept(promise.n)
    except NotWritten as error:
        _LOG.warning("%s was undone, and this could not be noted: %s", promise.title, error)
