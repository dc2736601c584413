"""A game day's folder: what is written once, the two files that grow, and who may hold the day."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cluster.errors import LabBusy, UsageError
from drills.gameday.child import Child, born
from drills.gameday.day import Day, Stage
from drills.gameday.record import DayFile, Happened, Order
from experiments.record.lines import read_lines
from experiments.record.redaction import Redaction
from experiments.record.writing import append_line, write_text

_LONGEST_SLUG = 40


class Process(BaseModel):
    """A process, by its pid and its birth in the kernel's clock ticks."""

    pid: int
    born: int


def this_process() -> Process:
    """The one that asks."""
    return Process(pid=os.getpid(), born=born(os.getpid()))


class DayFolder:
    """`reports/gamedays/<utc>-<slug>/`, and the folder of all runs beside it.

    Args:
        path: the folder; its day was planned.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @classmethod
    def plan(cls, gamedays: Path, text: str, day: DayFile) -> DayFolder:
        """Make the folder of a day that was planned now.

        Args:
            gamedays: the folder of all days.
            text: plan.yaml as it was.
            day: what it came to; the folder's name is its id.
        """
        folder = cls(gamedays / day.day_id)
        write_text(folder.path / "plan.yaml", text)
        write_text(folder.path / "day.json", day.model_dump_json(indent=1) + "\n")
        return folder

    @property
    def runs(self) -> Path:
        """Where the drills of the day are recorded."""
        return self.path.parent.parent / "runs"

    @property
    def logs(self) -> Path:
        """What the day's processes say, a file each."""
        return self.path / "logs"

    def file(self) -> DayFile:
        """What the plan came to.

        Raises:
            UsageError: this is no day's folder.
        """
        try:
            return DayFile.model_validate_json((self.path / "day.json").read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise UsageError(f"{self.path} is no game day: {error}", "name a folder of reports/gamedays") from error

    def day(self) -> Day:
        """What the day has come to."""
        return Day.of(self.file().steps, self.happened())

    def happened(self) -> list[Happened]:
        """Everything that happened, in order; a line that a kill cut short is left out, it was never told to anybody.

        Raises:
            NotRead: day.jsonl may not be read.
        """
        return list(read_lines(self.path / "day.jsonl", Happened).read)

    def orders(self) -> list[Order]:
        """Everything that was ordered, in order; a line that cannot be read is left out.

        Raises:
            NotRead: orders.jsonl may not be read.
        """
        return list(read_lines(self.path / "orders.jsonl", Order).read)

    def tell(self, one: Happened) -> None:
        """Add a line to day.jsonl, on disk before it returns; only the conductor does."""
        append_line(self.path / "day.jsonl", _clean(one))

    def order(self, one: Order) -> None:
        """Add a line to orders.jsonl, on disk before it returns; only the pages do."""
        append_line(self.path / "orders.jsonl", _clean(one))

    def conductor(self) -> Process | None:
        """The process that led the day last; None where none ever did."""
        try:
            return Process.model_validate_json((self.path / "conductor.lock").read_bytes())
        except (OSError, ValidationError):
            return None

    @property
    def conducted_now(self) -> bool:
        """Whether a conductor leads the day now."""
        holder = self.conductor()
        return holder is not None and Child(holder.pid, holder.born).alive

    @contextmanager
    def conducted(self) -> Iterator[None]:
        """Hold the day as its conductor; the kernel gives it back with the process.

        Raises:
            LabBusy: another process conducts it.
        """
        handle = os.open(self.path / "conductor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise LabBusy(f"{self.path.name} is conducted by another process.", "Use that one, or end it.") from error
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, this_process().model_dump_json().encode(), 0)
            yield
        finally:
            os.close(handle)


def day_id(title: str) -> str:
    """The id of a day that is planned now: `20261130-093000-first-game-day`."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower())[:_LONGEST_SLUG].strip("-")
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug or 'game-day'}"


def unfinished(gamedays: Path, text: str) -> DayFolder | None:
    """The newest day of exactly this plan that is not over; None where there is none."""
    for path in sorted(gamedays.glob("*/day.json"), reverse=True):
        folder = DayFolder(path.parent)
        if (folder.path / "plan.yaml").read_text(encoding="utf-8") == text and folder.day().stage is not Stage.DONE:
            return folder
    return None


def _clean(one: BaseModel) -> bytes:
    return Redaction().text(one.model_dump_json(exclude_defaults=True)).encode()
