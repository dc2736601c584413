"""Tells whoever waits which phase runs, how long it has taken, and where its log is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console


class Progress:
    """Prints one line for each phase and hands out log files.

    Args:
        logs: folder of the log files.
        console: where the lines go; standard error if None.
    """

    def __init__(self, logs: Path, console: Console | None = None) -> None:
        self.logs = logs
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        #: name of each finished phase → seconds it took
        self.took: dict[str, float] = {}

    @contextmanager
    def phase(self, title: str, log: str | None = None) -> Iterator[None]:
        """Announces a phase, and its duration at its end, failed or not.

        Args:
            title: what is being done, in a few words.
            log: name of the log that it writes, shown so that it can be followed.
        """
        where = f" [dim]({self.log(log)})[/dim]" if log else ""
        self.console.print(f"… {title}{where}")
        begun = time.monotonic()
        try:
            yield
        except BaseException:
            self.console.print(f"[red]✗[/red] {title} failed after {time.monotonic() - begun:.1f} s{where}")
            raise
        self.took[title] = time.monotonic() - begun
        self.console.print(f"[green]✓[/green] {title} [dim]{self.took[title]:.1f} s[/dim]")

    def say(self, line: str) -> None:
        """Prints one line of its own."""
        self.console.print(f"  {line}", markup=False)

    def log(self, name: str) -> Path:
        """The log file of that name; its folder exists afterwards."""
        self.logs.mkdir(parents=True, exist_ok=True)
        return self.logs / f"{name}.log"
