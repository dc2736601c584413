"""The two consoles: results go to standard output, progress and problems to standard error."""

from __future__ import annotations

import sys

from rich.console import Console

# A log has no width of its own; tables in it should not be folded to a terminal's 80 columns.
_LOG_COLUMNS = 140

out = Console(highlight=False, width=None if sys.stdout.isatty() else _LOG_COLUMNS)
err = Console(stderr=True, highlight=False)


def problem(text: str) -> None:
    """Say what went wrong, in red where there is colour, without what looks like a secret."""
    from experiments.record.redaction import Redaction  # what goes well needs none

    err.print(f"[red]error:[/red] {Redaction().text(text)}", soft_wrap=True)
