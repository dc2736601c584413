"""Several jobs one after the other: each one's end is kept, and none stops the others but the user."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.markup import escape
from rich.table import Table

from cluster.errors import FiredrillError
from experiments.record.kinds import Verdict


class Ended(NamedTuple):
    """How a job ended: its exit code, and where that is not 0 why, in words."""

    code: int
    reason: str = ""


@dataclass(frozen=True)
class Done:
    """A job that ended: its exit code, 0 where it went well, why not in words, and how long it took (seconds)."""

    title: str
    code: int
    reason: str
    seconds: float


@dataclass
class Batch:
    """Jobs that were done so far, what was left out and why."""

    done: list[Done] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def spent_s(self) -> float:
        """Seconds since the first job could begin."""
        return time.monotonic() - self.began

    @property
    def interrupted(self) -> bool:
        """Whether the user ended it."""
        return any(one.code == Verdict.INTERRUPTED.exit_code for one in self.done)

    @property
    def code(self) -> int:
        """The first exit code that is not 0, or 0."""
        return next((one.code for one in self.done if one.code), 0)

    def run(self, title: str, job: Callable[[], int | Ended]) -> int:
        """Do a job; what it raises on purpose is its result. Nothing more is begun once the user ended one.

        Args:
            title: names it in the summary.
            job: does it and gives an exit code, or that with why.

        Returns:
            its exit code.
        """
        if self.interrupted:
            self.left[title] = "the batch was interrupted"
            return Verdict.INTERRUPTED.exit_code
        began = time.monotonic()
        try:
            answer = job()
            ended = answer if isinstance(answer, Ended) else Ended(answer)
        except FiredrillError as error:
            ended = Ended(error.exit_code, error.happened)
        except KeyboardInterrupt:
            ended = Ended(Verdict.INTERRUPTED.exit_code, "interrupted")
        self.done.append(Done(title, ended.code, ended.reason, time.monotonic() - began))
        return ended.code

    def summary(self) -> Table:
        """A row for each job: what was done comes last, so that the end of a long log says what failed."""
        failed = sum(one.code != 0 for one in self.done)
        took = f"{self.spent_s / 60:.1f} min"
        shown = Table(title=f"{len(self.done)} done, {failed} failed, {len(self.left)} left; {took}")
        for column in ("job", "ended", "seconds"):
            shown.add_column(column, overflow="fold", justify="right" if column == "seconds" else "left")
        for title, why in self.left.items():
            shown.add_row(escape(title), f"[yellow]left: {escape(why)}[/yellow]", "")
        for one in self.done:
            ended = "[green]well[/green]" if not one.code else f"[red]{one.code}[/red] {escape(one.reason)}"
            shown.add_row(escape(one.title), ended, f"{one.seconds:.0f}")
        return shown
