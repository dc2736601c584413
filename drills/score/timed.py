"""The lines that are measured in time."""

from __future__ import annotations

from drills.score.files import Line, LineId
from drills.score.moments import Took
from drills.score.weights import REFERENCE_TIMES, TIMES
from reports.units import seconds


def timed(id: LineId, title: str, took: Took, reference_s: float | None, limit_s: float) -> Line:
    """The points for something that was done sooner or later.

    All points up to three times the reference, at least the time a person needs to read; from there they fall in a
    straight line to what is left for having done it at all, at the time limit.

    Args:
        id, title: of the line.
        took: when it was done, and how that is known.
        reference_s: when the reference did it (seconds after its page), or None.
        limit_s: the drill's time limit (seconds).
    """
    weight = TIMES[id]
    if took.after is None:
        return Line(id=id, title=title, points=0, out_of=weight.points, unit="s", text=f"{took.text}: no points.")
    full = full_until(id, reference_s, limit_s)
    share = 1.0 if took.after <= full else max(0.0, (limit_s - took.after) / max(limit_s - full, 1e-9))
    points = round(weight.done + (weight.points - weight.done) * share)
    compared = (
        f"the runbook took {seconds(reference_s)}" if reference_s is not None else "no proven run to compare with"
    )
    text = f"{took.text}; {compared}. All points up to {seconds(full)}, {weight.done} at {seconds(limit_s)}."
    return Line(id=id, title=title, points=points, out_of=weight.points, measured=took.after, unit="s", text=text)


def full_until(id: LineId, reference_s: float | None, limit_s: float) -> float:
    """Up to when (seconds after the page) a line is worth all its points; never beyond the time limit."""
    weight = TIMES[id]
    share = weight.share * limit_s
    wanted = share if reference_s is None else max(min(weight.least_s, share), REFERENCE_TIMES * reference_s)
    return min(wanted, limit_s)
