"""The process that leads a game day: it answers orders, begins what is due and follows the drill that runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drills.gameday.child import RESULTS, Child, begin, last_words, reap, run_of, verdict_of
from drills.gameday.day import Day, Stage
from drills.gameday.folder import DayFolder
from drills.gameday.orders import carry_out
from drills.gameday.record import Happened, Happening, Step
from drills.reading import SoFar

log = logging.getLogger("firedrill")

POLL_S = 0.5
ENDS_BY_ITSELF_S = 20.0
"""How long a drill that was asked to end may go on before its process is: before the page it hears nobody."""

Command = Callable[[Step, int], Sequence[str]]


@dataclass
class Conductor:
    """Leads one day. All that it knows it reads from the folder, so another one may go on after it.

    Args:
        folder: of the day.
        command: the program that plays a step's drill, from the step and a seed for its chances.
        cwd: where that runs.
        lock: the lab's lock for runs; it says which run folder the drill writes.
    """

    folder: DayFolder
    command: Command
    cwd: Path
    lock: Path

    def __post_init__(self) -> None:
        self._file = self.folder.file()
        self.day = self.folder.day()
        self._asked = False

    def lead(self, stopped: Callable[[], bool]) -> None:
        """Lead the day until it is over, or until it is stopped: then the drill is ended and healed first.

        Args:
            stopped: whether somebody wants the conductor to end.
        """
        self._tell(Happened(at=time.time(), what=Happening.OPENED))
        while not stopped() and self.day.stage is not Stage.DONE:
            self.tick(time.time())
            time.sleep(POLL_S)
        if self.day.stage is Stage.INCIDENT:
            self._stop()

    def tick(self, now: float) -> None:
        """Answer what was ordered, then do what is due.

        Args:
            now: UTC seconds.
        """
        for order in self.folder.orders():
            if order.id not in self.day.answered:
                self._do(carry_out(self.day, order, now))
        if self.day.stage is Stage.INCIDENT:
            self._follow(now)
        elif (due := self.day.due(now)) is not None:
            self._do(due)

    def _do(self, one: Happened) -> None:
        self._tell(one)
        if one.what is Happening.PLAYING:
            self._begin(self.day, one.at)

    def _begin(self, day: Day, at: float) -> None:
        step = day.current
        if step is None:
            return
        self._asked = False
        try:
            child = begin(self.command(step, self._seed(day)), self.cwd, self._log(day))
        except OSError as error:
            self._tell(Happened(at=at, what=Happening.INTERRUPTED, step=day.step, text=f"it cannot be begun: {error}"))
            return
        self._tell(Happened(at=at, what=Happening.CHILD, step=day.step, pid=child.pid, born=child.born))

    def _follow(self, now: float) -> None:
        child = Child(self.day.pid, self.day.born)
        reap(child)
        alive = child.alive
        if not self.day.run and (run := run_of(self.lock, child.pid)):
            self._tell(Happened(at=now, what=Happening.RUN, step=self.day.step, run=run))
        if not alive:
            self._tell(self._result(now))
        elif self.day.ending_at is not None and now - self.day.ending_at > ENDS_BY_ITSELF_S and not self._asked:
            if not self._heard():
                child.end()
            self._asked = True

    def _result(self, now: float) -> Happened:
        day, step = self.day, self.day.step
        verdict = verdict_of(self.folder.runs / day.run) if day.run else None
        if verdict in RESULTS or (day.ending and verdict is not None):
            return Happened(at=now, what=Happening.ENDED, step=step, text=str(verdict))
        if day.ending:
            return Happened(at=now, what=Happening.ENDED, step=step, text="interrupted")
        told = last_words(self._log(day))
        why = f"{verdict}. {told}" if verdict else told or "its process ended without a word"
        return Happened(at=now, what=Happening.INTERRUPTED, step=step, text=why.strip())

    def _heard(self) -> bool:
        """Whether the drill knows that it is over, and is cleaning up."""
        return bool(self.day.run) and SoFar(self.folder.runs / self.day.run).said("ended", "closed")

    def _stop(self) -> None:
        child = Child(self.day.pid, self.day.born)
        log.warning("the drill ends and the lab is healed first; this takes a minute or two")
        child.end()
        while child.alive:
            time.sleep(POLL_S)
            reap(child)
        why = "the game day was stopped while it ran"
        self._tell(Happened(at=time.time(), what=Happening.INTERRUPTED, step=self.day.step, text=why))

    def _tell(self, one: Happened) -> None:
        self.folder.tell(one)
        self.day = self.day.after(one)
        log.info("%s %s", one.what, one.text)

    def _seed(self, day: Day) -> int:
        """Each try of each step has chances of its own, the same on a day of the same seed."""
        tries = sum(one.what is Happening.PLAYING and one.step == day.step for one in self.folder.happened())
        return self._file.seed * 1000 + (day.step or 0) * 10 + tries

    def _log(self, day: Day) -> Path:
        return self.folder.logs / f"step-{day.step}.log"
