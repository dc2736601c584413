"""What a game day has come to, counted from its lines alone: no clock, no process, no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from drills.gameday.record import Happened, Happening, Step


class Stage(StrEnum):
    """Where a day stands.

    planned → between ⇄ break, watch, incident → done; an incident without a result → interrupted → between.
    """

    PLANNED = "planned"
    BETWEEN = "between"
    BREAK = "break"
    WATCH = "watch"
    INCIDENT = "incident"
    INTERRUPTED = "interrupted"
    DONE = "done"


@dataclass(frozen=True)
class Played:
    """A drill that is over: its step, the name of its run folder, its verdict, when it began and ended."""

    step: int
    run: str
    verdict: str
    began: float
    ended: float


@dataclass(frozen=True)
class Day:
    """A game day at one moment.

    Args:
        steps: what happens, in order.
        stage: where it stands.
        paused, paused_at: nothing begins by itself, and breaks and windows stand still.
        next_step: the first step that has not begun.
        step: the one that is going on, or that was interrupted.
        since: when the stage began.
        until: when a break or a wait is over; it moves with every pause.
        opened, window: when the present window opened, and which it is; the moment moves with every pause.
        run: the run folder's name of the drill that is going on.
        pid, born: its process, and when the kernel saw it begin.
        ending_at: when the facilitator asked it to end.
        last: the day is over once its drill is.
        reason: why it was interrupted.
        played: the drills that came to a result.
        said: the facilitator's messages and when they came.
        refused: why orders were not carried out, and when.
        skipped: incidents that were left out before they began.
        answered: the ids of the orders that were carried out or refused.
    """

    steps: tuple[Step, ...]
    stage: Stage = Stage.PLANNED
    paused: bool = False
    paused_at: float = 0.0
    next_step: int = 0
    step: int | None = None
    since: float = 0.0
    until: float = 0.0
    opened: float = 0.0
    window: int | None = None
    run: str = ""
    pid: int = 0
    born: int = 0
    ending_at: float | None = None
    last: bool = False
    reason: str = ""
    played: tuple[Played, ...] = ()
    said: tuple[tuple[float, str], ...] = ()
    refused: tuple[tuple[float, str], ...] = ()
    skipped: frozenset[int] = frozenset()
    answered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, steps: Sequence[Step], happened: Iterable[Happened]) -> Day:
        """The day after everything that happened."""
        day = cls(tuple(steps))
        for one in happened:
            day = day.after(one)
        return day

    @property
    def current(self) -> Step | None:
        """The step that is going on, or that was interrupted."""
        return None if self.step is None else self.steps[self.step]

    @property
    def coming(self) -> int | None:
        """The next incident that has not begun."""
        return next((n for n in self._left() if self.steps[n].kind == "incident"), None)

    @property
    def ending(self) -> bool:
        """Whether the facilitator asked the drill to end."""
        return self.ending_at is not None

    def after(self, one: Happened) -> Day:
        """The day once this happened."""
        day = replace(self, answered=self.answered | {one.of}) if one.of else self
        match one.what:
            case Happening.STARTED:
                return replace(day, stage=Stage.BETWEEN, since=one.at)
            case Happening.PAUSED:
                return replace(day, paused=True, paused_at=one.at)
            case Happening.RESUMED:
                stood = one.at - day.paused_at
                return replace(day, paused=False, until=day.until + stood, opened=day.opened + stood)
            case Happening.WAITS:
                return day._waits(one)
            case Happening.PLAYING:
                return day._plays(one)
            case Happening.CHILD:
                return replace(day, pid=one.pid, born=one.born)
            case Happening.RUN:
                return replace(day, run=one.run)
            case Happening.ENDING:
                return replace(day, ending_at=one.at, last=day.last or one.text == "day")
            case Happening.ENDED:
                return day._ended(one)
            case Happening.INTERRUPTED:
                lost = replace(day, stage=Stage.INTERRUPTED, since=one.at, reason=one.text)
                return replace(lost, pid=0, born=0, ending_at=None)
            case Happening.REPEAT if day.step is not None:
                return replace(day._between(one.at), next_step=day.step)
            case Happening.SKIPPED:
                return day._skips(one)
            case Happening.SAID:
                return replace(day, said=(*day.said, (one.at, one.text)))
            case Happening.REFUSED:
                return replace(day, refused=(*day.refused, (one.at, one.text)))
            case Happening.DONE:
                return replace(day._between(one.at), stage=Stage.DONE)
        return day

    def due(self, now: float) -> Happened | None:
        """What happens by itself now; None where the day waits for time, for its drill or for the facilitator."""
        if self.last and self.stage in {Stage.BETWEEN, Stage.INTERRUPTED}:
            return Happened(at=now, what=Happening.DONE)
        if self.paused or self.stage not in {Stage.BETWEEN, Stage.BREAK, Stage.WATCH}:
            return None
        if self.stage is not Stage.BETWEEN and now < self.until:
            return None
        index = next(self._left(), None)
        if index is None:
            return Happened(at=now, what=Happening.DONE)
        step = self.steps[index]
        if step.kind == "incident":
            moment = self.opened + (step.moment_s or 0.0)
            if step.moment_s is None or now >= moment:
                return Happened(at=now, what=Happening.PLAYING, step=index)
            return Happened(at=now, what=Happening.WAITS, step=index, until=moment)
        return Happened(at=now, what=Happening.WAITS, step=index, until=self._end(step, now))

    def _left(self) -> Iterator[int]:
        return (n for n in range(self.next_step, len(self.steps)) if n not in self.skipped)

    def _end(self, step: Step, now: float) -> float:
        if step.kind == "break":
            return now + step.length_s
        if step.kind == "watch":
            return max(now, self.opened + step.length_s)
        return now if step.clock is None else opening(step.clock, now)

    def _waits(self, one: Happened) -> Day:
        index, until = one.step or 0, one.until or one.at
        step = self.steps[index]
        day = replace(self, step=index, since=one.at, until=until, stage=Stage.WATCH)
        if step.kind == "break":
            day = replace(day, stage=Stage.BREAK)
        if step.kind == "window":
            day = replace(day, opened=until, window=step.window)
        # An incident that comes by surprise has not begun while it is waited for.
        return day if step.kind == "incident" else replace(day, next_step=index + 1)

    def _plays(self, one: Happened) -> Day:
        index = one.step or 0
        step = self.steps[index]
        day = replace(self, stage=Stage.INCIDENT, step=index, next_step=index + 1, since=one.at, until=0.0, run="")
        if step.window is not None and (step.window != self.window or self.opened > one.at):
            # Called before its window opened: the window opened as if this had been its moment.
            day = replace(day, window=step.window, opened=one.at - (step.moment_s or 0.0))
        return replace(day, pid=0, born=0, ending_at=None, reason="")

    def _skips(self, one: Happened) -> Day:
        if self.stage is Stage.INTERRUPTED:
            return self._between(one.at)
        # Left out of what is to come; a break that is going on goes on.
        index = one.step or 0
        day = replace(self, skipped=self.skipped | {index})
        return day._between(one.at) if self.step == index else day

    def _ended(self, one: Happened) -> Day:
        over = Played(self.step or 0, self.run, one.text, self.since, one.at)
        return replace(self._between(one.at), played=(*self.played, over))

    def _between(self, at: float) -> Day:
        return replace(
            self, stage=Stage.BETWEEN, step=None, since=at, until=0.0, run="", pid=0, born=0, ending_at=None, reason=""
        )


def opening(clock: tuple[int, int], now: float) -> float:
    """When a window opens: at this time of today by the machine's clock, or now where that has passed."""
    moment = datetime.fromtimestamp(now).replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    return max(now, moment.timestamp())
