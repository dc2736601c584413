"""When each phase began and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.reading.load import Run
from reports.reading.shapes import Event


@dataclass(frozen=True)
class Span:
    """A phase in time; one that never ended reaches to the last moment that is known."""

    phase: str
    begin: float
    end: float
    ended: bool


@dataclass(frozen=True)
class PhaseRow:
    """A phase's floor and what it took (seconds); None where nobody knows."""

    phase: str
    floor_s: float | None
    actual_s: float | None
    ended: bool = True

    @property
    def over_s(self) -> float | None:
        """What it took beyond its floor."""
        return None if self.floor_s is None or self.actual_s is None else self.actual_s - self.floor_s


def spans(events: Sequence[Event], last: float) -> tuple[Span, ...]:
    """Pair each phase's begin with its end."""
    found: list[Span] = []
    open_at: dict[str, int] = {}
    for event in events:
        if event.what != "phase":
            continue
        if event.mark == "begin":
            open_at[event.phase] = len(found)
            found.append(Span(event.phase, event.at, max(last, event.at), ended=False))
        elif event.mark == "end" and event.phase in open_at:
            index = open_at.pop(event.phase)
            found[index] = Span(event.phase, found[index].begin, event.at, ended=True)
    return tuple(found)


def phase_rows(run: Run, last: float) -> tuple[PhaseRow, ...]:
    """The judge's phases; without a verdict the timeline's, whose floor nobody has worked out."""
    if run.verdict is not None and run.verdict.phases:
        return tuple(PhaseRow(p.phase, p.floor_s, p.actual_s) for p in run.verdict.phases)
    return tuple(PhaseRow(s.phase, None, s.end - s.begin, s.ended) for s in spans(run.events, last))
