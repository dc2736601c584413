"""One look at a day's files for all visitors: read again where they changed, and whoever waits is woken."""

from __future__ import annotations

import asyncio

from drills.gameday.day import Day
from drills.gameday.facts import Facts
from drills.gameday.folder import DayFolder
from drills.gameday.record import Happened
from drills.server.replaced import Replaced
from drills.server.state import Drill, DrillFiles, Score
from experiments.record.lines import Follower

EVERY_S = 0.5
_FINISHED_EVERY = 20
"""Looks between two at a finished drill's files: its score and report come a little after its end."""


class DayWatch:
    """Looks at the day's folder and at its drills'.

    Args:
        folder: of the day.
    """

    def __init__(self, folder: DayFolder) -> None:
        self.folder = folder
        self._file = folder.file()
        self._lines = Follower(folder.path / "day.jsonl", Happened)
        self._day = Day.of(self._file.steps, [])
        self._drills: dict[str, DrillFiles] = {}
        self._scores: dict[str, Replaced[Score]] = {}
        self._looks = 0
        self._turn = asyncio.Event()
        self.stopped = False
        self.facts = Facts(self._file, self._day, (), {}, {}, conducted=False)

    @property
    def turn(self) -> asyncio.Event:
        """Is set when something is new after now; taken before one looks."""
        return self._turn

    def look(self) -> Facts:
        """Look now."""
        grown = self._lines.grow()
        if grown:
            self._day = Day.of(self._file.steps, self._lines.lines)
        changed = self._look_at_drills()
        conducted = self.folder.conducted_now
        if grown or changed or conducted != self.facts.conducted:
            drills: dict[str, Drill] = {name: files.drill for name, files in self._drills.items()}
            scores = {name: file.value for name, file in self._scores.items() if file.value is not None}
            self.facts = Facts(self._file, self._day, tuple(self._lines.lines), drills, scores, conducted)
            self.wake()
        return self.facts

    def wake(self) -> None:
        """Let everybody who waits look again."""
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def stop(self) -> None:
        """End every stream."""
        self.stopped = True
        self.wake()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def _look_at_drills(self) -> bool:
        day, changed = self._day, False
        self._looks += 1
        for run in [one.run for one in day.played] + [day.run]:
            if run and run not in self._drills:
                path, changed = self.folder.runs / run, True
                self._drills[run], self._scores[run] = DrillFiles(path), Replaced(path / "score.json", Score)
                self._drills[run].look()
                self._scores[run].renew()
        for name, files in self._drills.items():
            if name == day.run or self._looks % _FINISHED_EVERY == 0:
                drill, _ = files.look()
                changed = self._scores[name].renew() or drill or changed
        return changed
