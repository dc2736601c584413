"""score.json: what a drill was worth, and why. Durations are seconds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.record.files import Item, Recorded
from experiments.record.kinds import Mode

NAME = "score.json"

LineId = Literal[
    "acknowledge", "diagnosis", "mitigation", "fix", "hints", "refused", "collateral", "answers", "updates"
]  # fmt: skip
Outcome = Literal["fixed", "out of time", "given up", "interrupted", "never paged", "unfinished"]


class Line(Item):
    """One line of the score: the points, of how many, and in words why, with the figure that was measured.

    Args:
        measured: what was measured, in `unit`; None where there was nothing to measure.
    """

    id: LineId
    title: str
    points: int = Field(ge=0)
    out_of: int = Field(gt=0)
    measured: float | None = None
    unit: Literal["s", "times"]
    text: str


class Times(Item):
    """How long after the page something happened (seconds, without the facilitator's pauses); None: it never did."""

    acknowledge_s: float | None = None
    diagnose_s: float | None = None
    mitigate_s: float | None = None
    fix_s: float | None = None


class ReferenceTimes(Times):
    """The same of the run that the drill is compared with, the newest proven incident run of the scenario."""

    run_id: str


class ScoreFile(Recorded):
    """score.json.

    Args:
        counts: whether the drill says anything of the person; not where the lab failed, with `why_not` in words.
        outcome: how it ended.
        missed: what went past the player, in words.
        remarks: what the measuring had to put up with: a clock that went backwards, lines that could not be read.
    """

    run_id: str
    scenario: str
    title: str
    player: str
    mode: Mode
    counts: bool
    why_not: str = ""
    outcome: Outcome
    points: int = Field(ge=0, le=100)
    out_of: Literal[100] = 100
    lines: list[Line]
    times: Times
    reference: ReferenceTimes | None
    hints: int = Field(description="how many were taken")
    refused: int = Field(description="how many declared fixes were")
    missed: list[str] = Field(default=[])
    remarks: list[str] = Field(default=[])
