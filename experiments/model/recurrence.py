"""When harm is due again: the engine watches until then and the judge asks for it, so they have to count alike."""

from __future__ import annotations


def next_harm(first: float, recurs_s: float, fixed: float) -> float:
    """The first moment after the fix at which harm would return: `first` plus whole periods, or `first` without any.

    Counted from the harm's beginning: a harm that outlives the fix by a second is still the first.

    Args:
        first: when harm began (epoch seconds).
        recurs_s: its period in seconds; 0 where it does not recur.
        fixed: when the fix had ended (epoch seconds).
    """
    moment = first
    while recurs_s and moment <= fixed:
        moment += recurs_s
    return moment
