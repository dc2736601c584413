"""The drill folder as one value: what the lab said, what people did, and what follows from both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from drills.server.replaced import Replaced, is_there
from experiments.record.drill import FOLDER, CardFile, Cause, Command, LiveFile, Move, Said, Sample
from experiments.record.files import Delivery, VerdictFile
from experiments.record.lines import Follower

Stage = Literal["preparing", "deploying", "baseline", "waiting", "incident", "judging", "accepted", "ended", "closed"]
MISSED_S = 180.0
"""A question that nobody has answered after so many seconds was missed."""


class ScoreLine(BaseModel):
    """What the page shows of one line of score.json."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    title: str
    points: float
    out_of: float
    text: str


class Score(BaseModel):
    """What the page shows of score.json; the debrief writes more."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    points: float
    out_of: float
    counts: bool = True
    why_not: str = ""
    lines: list[ScoreLine]
    missed: list[str] = []


@dataclass(frozen=True)
class Question:
    """A stakeholder's question, and the first answer to it."""

    asked: Said
    answer: Move | None

    def missed(self, now: float) -> bool:
        """Whether nobody answered it in time, as of `now` (epoch seconds)."""
        answered = self.answer.at if self.answer is not None else now
        return answered - self.asked.at > MISSED_S


@dataclass(frozen=True)
class Declared:
    """A fix that was declared, and what the judge said of it; `outcome` None: nothing yet."""

    move: Move
    outcome: Said | None


@dataclass(frozen=True)
class Drill:
    """Everything in the folder but the samples, at one moment.

    Args:
        said, moves, commands: in the order in which they were written, each once.
        card, live, score, verdict: None where they were not written yet.
        report: whether report.html is there.
    """

    card: CardFile | None = None
    said: tuple[Said, ...] = ()
    moves: tuple[Move, ...] = ()
    commands: tuple[Command, ...] = ()
    live: LiveFile | None = None
    score: Score | None = None
    verdict: VerdictFile | None = None
    report: bool = False

    def first(self, *what: str) -> Said | None:
        """The first that the desk said of these kinds."""
        return next((one for one in self.said if one.what in what), None)

    @cached_property
    def paged(self) -> float | None:
        """When the incident's clock started (epoch seconds)."""
        said = self.first("paged")
        return said.at if said is not None else None

    @cached_property
    def ended(self) -> Said | None:
        """What ended it; None: it goes on. From here on nothing is secret."""
        return self.first("ended", "closed")

    @cached_property
    def stopped(self) -> float | None:
        """When the incident's clock stopped: an accepted fix stops it before the desk says that it is over."""
        said = self.first("accepted", "ended", "closed")
        return said.at if said is not None else None

    @cached_property
    def stage(self) -> Stage:
        """Where the drill is, as far as a trainee may know."""
        if self.ended is not None:
            return "closed" if self.first("closed") else "ended"
        if self.stopped is not None:
            return "accepted"
        if self.paged is not None:
            return "judging" if any(one.outcome is None for one in self.declared) else "incident"
        known = {one.what for one in self.said}
        if known & {"waiting", "bitten"}:
            return "waiting"
        if "baseline" in known:
            return "baseline"
        return "deploying" if self.card is not None or "deploying" in known else "preparing"

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """Every fix that was declared, in order."""
        outcomes = {one.of: one for one in self.said if one.what in ("refused", "accepted")}
        return tuple(Declared(one, outcomes.get(one.id)) for one in self.moves if one.what == "declare")

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What stakeholders asked, in order."""
        answers: dict[str, Move] = {}
        for one in self.moves:
            if one.what == "answer":
                answers.setdefault(one.of, one)
        return tuple(Question(one, answers.get(one.id)) for one in self.said if one.what == "asks")

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """The hints that were taken, in their order."""
        taken = {one.text for one in self.moves if one.what == "hint"}
        every = self.card.hints if self.card is not None else []
        return tuple(hint for n, hint in enumerate(every, start=1) if str(n) in taken)

    @cached_property
    def diagnosis(self) -> Cause | None:
        """The cause that the trainee takes for the true one, as of the last choice."""
        causes = {str(one.id): one for one in (self.card.causes if self.card is not None else [])}
        chosen = [one.text for one in self.moves if one.what == "diagnosis"]
        return causes.get(chosen[-1]) if chosen else None

    @cached_property
    def true_cause(self) -> Cause | None:
        """The true one; never for a trainee before the end."""
        return next((one for one in (self.card.causes if self.card is not None else []) if one.true), None)

    @cached_property
    def severity(self) -> str:
        """The severity that was set last; empty: none."""
        return next((one.text for one in reversed(self.moves) if one.what == "severity"), "")

    @cached_property
    def mitigated(self) -> Move | None:
        """When the trainee said that users are served again, the last time."""
        return next((one for one in reversed(self.moves) if one.what == "mitigated"), None)

    @cached_property
    def gave_up(self) -> bool:
        """Whether the trainee has asked for the debrief."""
        return any(one.what == "give-up" for one in self.moves)

    @cached_property
    def paused(self) -> bool:
        """Whether the facilitator has paused the drill."""
        last = next((one.what for one in reversed(self.moves) if one.what in ("pause", "resume")), "resume")
        return last == "pause"

    @cached_property
    def acknowledged(self) -> Mapping[str, Move]:
        """The first acknowledgement of each delivery so far, by the delivery's key."""
        found: dict[str, Move] = {}
        acknowledgements = [one for one in self.moves if one.what == "acknowledge"]
        for delivery in self.deliveries:
            key = key_of(delivery)
            for one in acknowledgements:
                if one.of == key or (not one.of and one.at >= delivery.at):
                    found.setdefault(key, one)
        return found

    @property
    def deliveries(self) -> list[Delivery]:
        """What the pager received, as the lab shows it now."""
        return self.live.deliveries if self.live is not None else []

    def missed(self, now: float) -> int:
        """How many questions were missed so far: it grows without any file changing."""
        return sum(one.missed(now) for one in self.questions)


def key_of(delivery: Delivery) -> str:
    """What an acknowledgement names: the alert and its labels, the same for every delivery of that series."""
    return f"{delivery.alert} {json.dumps(delivery.labels, sort_keys=True, ensure_ascii=False)}"


class DrillFiles:
    """The files of one drill, read again where they changed.

    Args:
        run: the run folder; nothing in it has to exist yet.
    """

    def __init__(self, run: Path) -> None:
        folder = run / FOLDER
        self._card = Replaced(folder / "card.json", CardFile)
        self._live = Replaced(folder / "live.json", LiveFile)
        self._score = Replaced(run / "score.json", Score)
        self._verdict = Replaced(run / "verdict.json", VerdictFile)
        self._said = Follower(folder / "desk.jsonl", Said)
        self._moves = Follower(folder / "moves.jsonl", Move)
        self._commands = Follower(folder / "commands.jsonl", Command)
        self._samples = Follower(folder / "samples.jsonl", Sample)
        self._report = run / "report.html"
        self.drill = Drill()

    @property
    def samples(self) -> list[Sample]:
        """Every sample so far; only ever added to while the file is the same."""
        return self._samples.lines

    def look(self) -> tuple[bool, bool]:
        """Look at every file; whether the drill, and whether the samples have changed."""
        replaced = [one.renew() for one in (self._card, self._live, self._score, self._verdict)]
        grown = [self._said.grow(), self._moves.grow(), self._commands.grow()]
        report = is_there(self._report)
        changed = any(replaced) or any(grown) or report != self.drill.report
        if changed:
            self.drill = Drill(
                card=self._card.value,
                said=tuple({one.id: one for one in self._said.lines}.values()),
                moves=tuple({one.id: one for one in self._moves.lines}.values()),
                commands=tuple(self._commands.lines),
                live=self._live.value,
                score=self._score.value,
                verdict=self._verdict.value,
                report=report,
            )
        return changed, self._samples.grow()
