"""What the pages know of a day at one moment: the plan, what happened, the drill that runs, the scores so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from drills.gameday.day import Day, Played, Stage
from drills.gameday.record import DayFile, Happened, Step
from drills.server.state import Drill, Score


@dataclass(frozen=True)
class Result:
    """A drill that came to a result, and what it was worth; None: not scored."""

    played: Played
    step: Step
    drill: Drill
    scored: Score | None

    @property
    def score(self) -> Score | None:
        """Where it says something of the team."""
        return self.scored if self.scored is not None and self.scored.counts else None

    @property
    def fixed_s(self) -> float | None:
        """Seconds from the page until a fix was accepted."""
        accepted = self.drill.first("accepted")
        return None if accepted is None or self.drill.paged is None else accepted.at - self.drill.paged

    @property
    def words(self) -> str:
        """How it ended."""
        ended = self.drill.first("ended")
        return ended.text if ended is not None and ended.text else self.played.verdict


@dataclass(frozen=True)
class Facts:
    """Everything at one moment.

    Args:
        file: what the plan came to.
        day: what it has come to since.
        lines: everything that happened.
        scores: what its drills were worth, by the names of their run folders.
        drills: the drills of the day by the names of their run folders, as far as they were read.
        conducted: whether a conductor leads the day now.
    """

    file: DayFile
    day: Day
    lines: tuple[Happened, ...]
    drills: Mapping[str, Drill]
    scores: Mapping[str, Score]
    conducted: bool

    @cached_property
    def drill(self) -> Drill:
        """The drill that runs; an empty one where none does."""
        return self.drills.get(self.day.run, Drill())

    @cached_property
    def paged(self) -> float | None:
        """Since when the team that is on call knows of an incident; None: it does not."""
        return self.drill.paged if self.day.stage is Stage.INCIDENT else None

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """The drills that came to a result, in order."""
        return tuple(
            Result(one, self.day.steps[one.step], self.drills.get(one.run, Drill()), self.scores.get(one.run))
            for one in self.day.played
        )

    @cached_property
    def on_call(self) -> str:
        """The team that is on call; empty: none."""
        step = self.day.current
        if self.day.stage is Stage.INCIDENT and step is not None:
            return step.team
        coming = self.day.coming
        return self.day.steps[coming].team if self.day.stage is Stage.WATCH and coming is not None else ""

    def spoken_of(self, step: Step) -> bool:
        """Whether everybody may know what this finished incident was: nobody has to play it any more."""
        day = self.day
        first = day.next_step if day.step is None else min(day.step, day.next_step)
        if day.stage is Stage.DONE:
            return True
        return all(one.scenario != step.scenario for one in day.steps[first:])

    def shown_to(self, team: str) -> str:
        """The run folder's name of the drill that a team's live page shows; empty: it waits, and sees the day's page.

        A surprise shows nothing before its page comes.
        """
        step = self.day.current
        if self.day.stage is not Stage.INCIDENT or step is None or step.team != team:
            return ""
        return self.day.run if step.moment_s is None or self.drill.paged is not None else ""

    def last_of(self, team: str) -> str:
        """The run folder's name of the last drill that a team finished; empty: none."""
        return next((one.played.run for one in reversed(self.results) if one.step.team == team), "")
