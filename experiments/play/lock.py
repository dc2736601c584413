"""One run at a time: a lock that the kernel releases with its process, and the mark of a run that was kept."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cluster.errors import LabBusy, NotWritten
from cluster.lab import Lab
from experiments.record.writing import write_text, writing


class Holder(BaseModel):
    """Who holds the lab: the run, its folder and the process."""

    run_id: str
    folder: str
    pid: int

    @property
    def path(self) -> Path:
        """The run folder."""
        return Path(self.folder)


def holder(lab: Lab) -> Holder | None:
    """Who holds the lab now, without touching its lock; None where nobody does, or who did was killed."""
    try:
        found = Holder.model_validate_json(_lock_path(lab).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if Path("/proc", str(found.pid)).exists() else None


class Lock:
    """The lab's lock for runs and heals, `<state>/run.lock`.

    Args:
        lab: the lab; its state folder is made where it does not exist.
    """

    def __init__(self, lab: Lab) -> None:
        self._path = _lock_path(lab)
        self._handle: int | None = None

    def take(self, run_id: str, folder: Path) -> None:
        """Take the lock or refuse at once.

        Raises:
            LabBusy: another process has it; the message names its run.
            NotWritten: the disk is full.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise LabBusy(f"The lab is busy: {self._words()}.", "Wait until it has ended.") from error
        self._handle = handle
        holder = Holder(run_id=run_id, folder=str(folder), pid=os.getpid())
        try:
            with writing(self._path):
                os.ftruncate(handle, 0)
                os.pwrite(handle, holder.model_dump_json().encode(), 0)
                os.fsync(handle)
        except NotWritten:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back; it is no error that it was not taken."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def _words(self) -> str:
        try:
            holder = Holder.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return "another run is starting"
        return f"{holder.run_id} is being played by process {holder.pid}"


@contextmanager
def locked(lab: Lab, what: str) -> Iterator[None]:
    """Hold the lab for something that is no run, such as `firedrill heal`.

    Raises:
        LabBusy: a run holds it.
    """
    lock = Lock(lab)
    lock.take(what, lab.state)
    try:
        yield
    finally:
        lock.release()


def _lock_path(lab: Lab) -> Path:
    return lab.state / "run.lock"


def _kept_path(lab: Lab) -> Path:
    return lab.state / "kept.json"


def keep(lab: Lab, run_id: str, folder: Path) -> None:
    """Note that this run was left standing with `--keep`."""
    write_text(_kept_path(lab), Holder(run_id=run_id, folder=str(folder), pid=os.getpid()).model_dump_json())


def refuse_kept(lab: Lab) -> None:
    """Refuse to go on while a kept run stands.

    Raises:
        LabBusy: one does; the message names it and says how to end it.
    """
    path = _kept_path(lab)
    if path.is_file():
        holder = Holder.model_validate_json(path.read_bytes())
        raise LabBusy(f"{holder.run_id} was kept standing ({holder.folder}).", "firedrill heal")


def forget_kept(lab: Lab) -> None:
    """The kept run was cleaned up."""
    _kept_path(lab).unlink(missing_ok=True)
