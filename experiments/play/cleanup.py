"""The end of a run: undo, remove, verify, and say in cleanup.json what was done and what differs."""

from __future__ import annotations

from pydantic import JsonValue

from cluster.errors import CleanupFailed, LabError
from experiments.play import lock
from experiments.play.played import Configuration
from experiments.play.session import Session
from experiments.record.files import CleanupFile
from experiments.record.kinds import Phase
from experiments.toolbox.sweep import sweep
from experiments.undo import heal, namespaces
from experiments.undo.replay import Replayed, replay
from experiments.undo.snapshot import Snapshot
from experiments.undo.standing import look_at, standing
from experiments.undo.things import Difference


def clean_up(session: Session, configuration: Configuration) -> None:
    """Undo what the run did and verify that the lab is as it was; cleanup.json is written whatever happens.

    Raises:
        CleanupFailed: an undo failed, something was not removed, or the lab differs; the message names it.
    """
    session.recorder.enter(Phase.UNDO)
    replayed = _undo(session, configuration)
    session.recorder.enter(Phase.CLEANUP)
    left = [Difference("the lab was not looked at after the undo", "firedrill heal")]
    try:
        sweep(session.home)
        namespaces.remove(session.home, namespaces.of_runs(session.home))
        left = _verify(session)
    except (CleanupFailed, LabError) as error:
        left = [Difference(error.happened, error.next_step)]
    finally:
        _write(session, replayed, left)
    if replayed.failed or left:
        raise CleanupFailed("; ".join([*replayed.failed, *map(str, left)]), "firedrill heal")


def leave(session: Session) -> None:
    """Delete the run's namespaces while its undo runs: what it takes back is outside of them, and they take longer.

    What cannot be deleted now is tried again after the undo, which runs in any case.
    """
    try:
        namespaces.leave(session.home, namespaces.of_runs(session.home))
    except LabError as error:
        session.recorder.event("note", f"the namespaces could not be deleted yet: {error.happened}")


def keep(session: Session) -> None:
    """Leave the run standing; the next run is refused until `firedrill heal`."""
    handles = [session.home] if session.handle is session.home else [session.home, session.handle]
    lock.keep(session.home.lab, session.file.run_id, session.folder.path)
    session.folder.write(
        "cleanup.json",
        CleanupFile(
            undone=[],
            failed=[],
            differences=[],
            standing=standing(handles, session.journal),
            look=look_at(handles),
            kept=True,
        ),
    )
    session.recorder.event("note", "kept standing; `firedrill heal` cleans up")


def _undo(session: Session, configuration: Configuration) -> Replayed:
    replayed = replay(session.journal, configuration)
    for title in replayed.undone:
        session.recorder.event("undo", title, held=True)
    for title in replayed.failed:
        session.recorder.event("undo", title, held=False)
    return replayed


def _verify(session: Session) -> list[Difference]:
    path = heal.snapshot_path(session.home.lab, session.file.run_id)
    if not path.is_file():  # stopped before anything was touched
        return []
    found = heal.verify(session.home, Snapshot.model_validate_json(path.read_bytes()))
    if not found:
        path.unlink()
    return found


def _write(session: Session, replayed: Replayed, left: list[Difference]) -> None:
    differences = [difference.text for difference in left]
    listed: list[JsonValue] = [*differences]
    session.recorder.event("note", "cleanup verified" if not differences else "cleanup differs", differences=listed)
    session.folder.write(
        "cleanup.json",
        CleanupFile(
            undone=replayed.undone,
            failed=replayed.failed,
            differences=differences,
            look=list(dict.fromkeys(difference.look for difference in left)),
            interrupted=session.interrupted or session.interrupts.received,
        ),
    )
