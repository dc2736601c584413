"""What each part of a drill is worth. The reasons stand in docs/decisions/017-scoring-drills.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from drills.score.files import LineId


@dataclass(frozen=True)
class TimeWeight:
    """A line that is measured in time.

    Args:
        points: at most.
        least_s: so long (seconds after the page) the line is worth all of them, however fast the reference was: a
            person has to read first.
        share: of the time limit, the same where there is no reference.
        done: points that nobody loses any more once it is done at all, however late.
    """

    points: int
    least_s: float
    share: float
    done: int


TIMES: Final[dict[LineId, TimeWeight]] = {
    "acknowledge": TimeWeight(points=10, least_s=60, share=0.1, done=2),
    "diagnosis": TimeWeight(points=20, least_s=240, share=0.3, done=10),
    "mitigation": TimeWeight(points=15, least_s=300, share=0.4, done=5),
    "fix": TimeWeight(points=25, least_s=420, share=0.5, done=12),
}
REFERENCE_TIMES: Final = 3.0
"""The runbook's own time, so many times over, is worth all points: the lab reads nothing and makes no mistake."""

HINTS, HINT = 9, 3
"""Points for no hint at all, and what each one costs."""
REFUSED, REFUSAL = 6, 2
"""Points for no refused declaration, and what each one costs."""
COLLATERAL, DAMAGE = 6, 2
"""Points for no collateral damage, and what each thing costs."""
ANSWERS = 6
UPDATES = 3

ANSWER_S: Final = 180.0
"""A stakeholder's question is answered in time within so many seconds."""
UPDATE_S: Final = 600.0
"""One status update is due for each such time (seconds) that begins after the page."""
