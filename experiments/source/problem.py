"""Where a scenario folder is wrong, as a value: parsers collect problems, `check` lists them, a run refuses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cluster.errors import BrokenScenario


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake of an author.

    Args:
        file: path as the author knows it, relative to the scenario folder or absolute.
        line: the first line it concerns, counted from 1.
        message: what is wrong and what would be right.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def refuse(problems: Sequence[Problem], next_step: str = "correct the file and run `firedrill check`") -> None:
    """Raise BrokenScenario with every problem on a line of its own; do nothing where there is none."""
    if problems:
        raise BrokenScenario("\n".join(str(p) for p in problems), next_step)
