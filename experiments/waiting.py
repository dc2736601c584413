"""Waiting for a condition, with a deadline whose message says the last state seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cluster.errors import ConditionTimedOut

T = TypeVar("T")

POLL_S = 0.4
"""Between two looks: well under the lab's scrape and evaluation interval of 1 s, and cheap for the API server."""


@dataclass(frozen=True)
class Seen(Generic[T]):
    """One look: `value` where the wait is over (else None), and the state in words, for the deadline's message."""

    value: T | None
    state: str


def eventually(
    look: Callable[[], Seen[T]],
    *,
    what: str,
    within_s: float,
    every_s: float = POLL_S,
    next_step: str = "",
) -> T:
    """Look until there is a value.

    Args:
        look: one look at the world; called at least once, and once more at the deadline.
        what: the condition in words, the start of the deadline's message.
        within_s: seconds until the wait is given up.
        every_s: seconds between two looks.
        next_step: what the reader of the message can do.

    Returns:
        The first value that is not None.

    Raises:
        ConditionTimedOut: the deadline passed; the message says the last state seen.
    """
    deadline = time.monotonic() + within_s
    while True:
        seen = look()
        if seen.value is not None:
            return seen.value
        left = deadline - time.monotonic()
        if left <= 0:
            raise ConditionTimedOut(f"{what}: not within {within_s:g} s; last seen: {seen.state}", next_step)
        time.sleep(min(every_s, left))
