"""How long an alert fired without a break."""

from __future__ import annotations

from collections.abc import Iterable


def longest_firing(samples: Iterable[tuple[float, str]], gap_s: float) -> float:
    """The longest stretch in which every sample says firing and none is missing.

    Args:
        samples: when (epoch seconds), and the alert's state then; in order.
        gap_s: two samples further apart than this belong to two stretches.

    Returns:
        Seconds from a stretch's first sample to its last; 0 where the alert never fired.
    """
    longest, began, before = 0.0, None, None
    for at, state in samples:
        if state != "firing":
            began = None
            continue
        if began is None or before is None or at - before > gap_s:
            began = at
        before = at
        longest = max(longest, at - began)
    return longest
