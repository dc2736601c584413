"""The suite report at the end of a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from cluster.errors import FiredrillError
from firedrill import suite
from firedrill.cli.console import err, problem


@contextmanager
def reported(title: str, packs: list[Path], reused: Collection[str] = ()) -> Iterator[None]:
    """At the end of what happens in here, however it ends, the suite report is written and named.

    Args:
        title: what is played.
        packs: folders of further scenarios.
        reused: read at the end, so it may grow in here.

    Raises:
        NotWritten: it all went well, but the report cannot be written.
    """
    try:
        yield
    except BaseException:
        try:
            _tell(suite.write(title, packs, reused))
        except FiredrillError as error:  # what went wrong first is what has to be told last
            problem(escape(str(error)))
        raise
    _tell(suite.write(title, packs, reused))


def _tell(page: Path) -> None:
    err.print(f"all scenarios: {page}", soft_wrap=True, markup=False)
