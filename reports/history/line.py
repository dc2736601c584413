"""One line of the history: a run, what played it and what came out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reports.reading.places import line
from reports.reading.shapes import Moment, PhaseTime, Shape

UNJUDGED = "none"
"""Stands for the verdict of a run that has none."""

Identity = tuple[str, float | None] | tuple[str, str, float | None]


class Failed(Shape):
    """A check that did not hold (None: could not be asked), where it was written, and what was seen instead."""

    name: str
    held: bool | None
    place: str = ""
    evidence: str = ""

    @property
    def told(self) -> str:
        """All of it in a line."""
        return line(self.place, self.name, self.held, self.evidence)


class Entry(Shape):
    """One run: when it began (epoch seconds), what it was, what came out; durations in seconds.

    A run that was never judged has the verdict `none` and no figure but its wall time.

    Args:
        run_id: names the run; empty in lines that are older than this field.
        written: when this line was; of two lines on one run (it was judged again) the later one counts.
        failed: the checks that did not hold, the one that decided first; not all where there are many.
        versions: what played it: engine, lab images, packages, machine.
    """

    schema_version: Literal[1] = 1
    run_id: str = ""
    written: Moment | None = None
    time: Moment | None
    scenario: str
    kind: str
    content_hash: str
    verdict: str
    wall: float | None
    floor: float | None
    overhead: float | None
    ratio: float | None
    detect: float | None
    notify: float | None
    recover: float | None
    phases: tuple[PhaseTime, ...] = ()
    failed: tuple[Failed, ...] = ()
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether it ended as it must."""
        return self.verdict == "passed"

    @property
    def judged(self) -> bool:
        """Whether it says anything: it was neither interrupted nor left without a verdict."""
        return self.verdict not in (UNJUDGED, "interrupted")

    @property
    def identity(self) -> Identity:
        """What two lines on one run have in common: two machines may begin runs of one name in one second."""
        return (self.run_id, self.time) if self.run_id else (self.scenario, self.kind, self.time)
