"""What every tool ends with exit code 2 for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

BAD = 2


class BadInput(Exception):
    """What was given cannot be judged; the message says where and why."""


def ending(
    parser: argparse.ArgumentParser, judge: Callable[[argparse.Namespace], int], argv: Sequence[str] | None
) -> int:
    """Run a tool to its exit code: what `judge` answers, or 2 for bad input, with the reason on standard error."""
    options = parser.parse_args(argv)
    try:
        return judge(options)
    except BadInput as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return BAD
