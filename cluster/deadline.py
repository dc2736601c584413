"""A moment until which something is asked again and again."""

from __future__ import annotations

import time

_POLL_S = 0.3


class Deadline:
    """A moment until which something is asked again and again.

    Args:
        timeout_s: seconds from now.
    """

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def passed(self) -> bool:
        """True once the moment is over."""
        return time.monotonic() > self._at

    def pause(self) -> None:
        """Waits a little before the next question."""
        time.sleep(_POLL_S)
