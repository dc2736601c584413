"""Making the lab whole again after runs that could not clean up themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from cluster.errors import ConditionTimedOut, LabError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.play import lock
from experiments.toolbox.sweep import sweep
from experiments.undo import namespaces, snapshot
from experiments.undo.journal import UndoJournal
from experiments.undo.replay import replay
from experiments.undo.things import Difference
from experiments.waiting import Seen, eventually

SETTLES_WITHIN_S = 20.0
"""Volumes and containers of a removed namespace go a few seconds after it."""


@dataclass(frozen=True)
class Healed:
    """What healing did: undos carried out, undos that failed, namespaces removed, differences that are left."""

    undone: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is left to mend."""
        return not (self.failed or self.differences)


def heal(lab: Lab) -> Healed:
    """Replay what undo journals still owe, newest run first, and remove what stale runs left; `firedrill heal`.

    Raises:
        LabBusy: a run is being played right now.
        NotOurLab: the guard refuses the cluster.
        CleanupFailed: a namespace does not go away.
    """
    with lock.locked(lab, "heal"):
        healed = heal_leftovers(open_handle(lab))
        if not healed.failed:
            lock.forget_kept(lab)
    return healed


def heal_leftovers(handle: Handle) -> Healed:
    """The same for a caller that holds the lock; every run begins with it.

    Raises:
        CleanupFailed: a namespace does not go away.
    """
    healed = Healed()
    before = _oldest_snapshot(handle.lab)
    sweep(handle)  # a block of a killed run may still be acting; what it does must not come after the undo
    for path in _newest_first(handle.lab, "*.jsonl"):
        replayed = replay(UndoJournal(path), {})
        healed.undone.extend(replayed.undone)
        healed.failed.extend(replayed.failed)
    healed.removed.extend(namespaces.of_runs(handle))
    namespaces.remove(handle, healed.removed)
    if before is not None:
        healed.differences.extend(verify(handle, before))
    if not healed.differences:  # what still differs is named again by the next one, until it is mended
        for path in _newest_first(handle.lab, "*.before.json"):
            path.unlink()
    return healed


def snapshot_path(lab: Lab, run_id: str) -> Path:
    """Where a run keeps its snapshot until its cleanup was verified."""
    return lab.state / "undo" / f"{run_id}.before.json"


def verify(handle: Handle, before: snapshot.Snapshot) -> list[Difference]:
    """Every difference from the snapshot that does not go away by itself within 20 s.

    A lab that cannot be looked at is a difference too: nobody knows what it would show.
    """
    left: list[Difference] = []

    def look() -> Seen[bool]:
        try:
            left[:] = snapshot.differences(before, snapshot.take(handle))
        except LabError as blind:
            left[:] = [Difference(f"the lab cannot be looked at: {blind.happened}", "firedrill status")]
        return Seen(None if left else True, "; ".join(map(str, left)))

    try:
        eventually(look, what="the lab is as it was", within_s=SETTLES_WITHIN_S, every_s=1.0)
    except ConditionTimedOut:
        return left
    return []


def _newest_first(lab: Lab, pattern: str) -> list[Path]:
    return sorted((lab.state / "undo").glob(pattern), reverse=True)


def _oldest_snapshot(lab: Lab) -> snapshot.Snapshot | None:
    """The one taken when nothing was broken yet; later ones may show what an earlier run left."""
    for path in reversed(_newest_first(lab, "*.before.json")):
        try:
            return snapshot.Snapshot.model_validate_json(path.read_bytes())
        except ValidationError:
            path.unlink()
    return None
