"""From the replica's answer to yes or no. It fails closed: only a known, small lag means yes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tools.check_failover.heartbeat import Answer, Unknown

AHEAD_S = 1.0
"""A heartbeat may be this much younger than the moment it is measured against: the two clocks are two machines'."""


@dataclass(frozen=True)
class Judgement:
    """May it be promoted, and why.

    Args:
        allowed: whether.
        reason: in words.
        lag_s: how much the replica lacks (seconds); None where that is not known.
    """

    allowed: bool
    reason: str
    lag_s: float | None = None


def judge(answer: Answer | Unknown, limit_s: float, last_seen: float | None) -> Judgement:
    """Compare the replica's newest heartbeat with the moment up to which nothing may be missing.

    Args:
        answer: the replica's.
        limit_s: the most that may be lost (seconds).
        last_seen: when the primary last answered (epoch seconds). Nothing was written after it died, so what passed
            since is no lag. None: the replica's own present, for a primary that still runs.
    """
    if isinstance(answer, Unknown):
        return Judgement(False, answer.why)
    if answer.recovery != "t":
        return Judgement(False, "it is no replica: it does not replay another server's log")
    if not answer.beat:
        return Judgement(False, "its heartbeat table is empty: how far it is behind is not known")
    beat, now = _number(answer.beat), _number(answer.now)
    if beat is None or now is None:
        return Judgement(False, f"its heartbeat is not a number: {answer.beat!r} at {answer.now!r}")
    until = now if last_seen is None else last_seen
    lag = until - beat
    if lag < -AHEAD_S:
        return Judgement(False, f"its heartbeat is {-lag:.1f} s in the future: the clocks cannot be compared", lag)
    if lag > limit_s:
        return Judgement(False, f"it lacks the last {lag:.1f} s of the primary, the limit is {limit_s:g} s", lag)
    return Judgement(True, f"it lacks {max(0.0, lag):.1f} s at most, the limit is {limit_s:g} s", lag)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
