"""The time of the trainee: from the injection to an accepted fix, or to the drill's end without one."""

from __future__ import annotations

import time
from typing import NoReturn

from chaoslib.exceptions import ActivityFailed

from cluster.errors import OracleUnavailable
from experiments.compile import timing
from experiments.compile.conditions import of_group
from experiments.drill.fix import Judging
from experiments.drill.live import paging
from experiments.drill.questions import questions
from experiments.drill.room import ENDING, Looks
from experiments.drill.waiting import POLL_S
from experiments.judge.evidence import ACCEPTED
from experiments.play.session import Session
from experiments.probes.watch import told
from experiments.record.drill import Move
from experiments.record.kinds import Phase


class Work:
    """The desk at which the trainee works.

    Args:
        session: the open drill; its fault has just been injected.
        looker: took its first picture before.
        limit_s: seconds from the first page until the drill ends without a fix.
    """

    def __init__(self, session: Session, looker: Looks, limit_s: float) -> None:
        self._session, self._limit_s = session, limit_s
        self._room = session.room
        self._looker = looker
        self._paged: float | None = None
        self._bites = [*of_group(session.file.scenario, "bites")]
        self._held: dict[str, float] = {}
        self._onset_over = False
        self._unasked: OracleUnavailable | None = None
        self._paused_at: float | None = None
        self._paused_s = 0.0
        self._questions = questions(self._room.options)
        self._asks = next(self._questions, None)
        self._next_watch = 0.0

    def to_the_end(self) -> None:
        """Wait for the page, for what the trainee does, and for a fix that is one.

        Raises:
            ActivityFailed: the drill ended without a fix; the message says how.
            OracleUnavailable: the pager or the harm could not be asked at all.
        """
        self._looker.after_the_fault()
        while True:
            move = self._room.next_move()
            if move is not None and self._acts(move):
                return
            if time.monotonic() >= self._next_watch:
                self._next_watch = time.monotonic() + 1.0
                self._watch()
            self._end_where_it_is_time()
            time.sleep(POLL_S)

    def _acts(self, move: Move) -> bool:
        """Act upon a move; whether it ended the drill with a fix. Most moves are for the page and the score alone."""
        match move.what:
            case "declare":
                return self._declared(move)
            case "give-up" | "end":
                self._over(ENDING[move.what])
            case "pause":
                self._paused_at = self._paused_at or time.time()
            case "resume":
                self._paused_s += self._pause()
                self._paused_at = None
            case _:
                pass
        return False

    def _declared(self, move: Move) -> bool:
        room = self._room
        room.desk.say("judging", of=move.id)
        if self._paged is None:
            room.desk.say("refused", of=move.id, reasons=["Nobody has been paged yet."])
            return False
        judged = Judging(self._session, self._looker, move).judge()
        if judged.reasons:
            if judged.look is not None:
                room.desk.look(judged.look)
            room.desk.say("refused", of=move.id, reasons=judged.reasons)
            self._session.recorder.event("note", f"a declared fix is refused: {' '.join(judged.reasons)}", of=move.id)
            return False
        if judged.look is not None:
            room.desk.look(judged.look)
            room.desk.look(judged.look.model_copy(update={"of": ""}))
        since, until = judged.since or move.at, judged.until or time.time()
        self._session.marks.recovered = since
        room.desk.say("accepted", of=move.id)
        room.end("accepted")
        self._session.recorder.event(
            "condition", ACCEPTED, held=True, names=[], since=since, until=until, declared=move.at, of=move.id
        )
        return True

    def _watch(self) -> None:
        """See what a trainee is not told: whether it bites, whether somebody is paged, and who wants to know."""
        self._unasked = None
        for watch in (self._watch_the_pager, self._watch_the_bite):
            try:
                watch()
            except OracleUnavailable as error:  # asked again; a deadline that passes meanwhile says so
                self._unasked = error
        self._ask()

    def _ask(self) -> None:
        if self._paged is None or self._paused_at is not None or self._asks is None:
            return
        if time.time() - self._paged >= self._asks[0]:
            self._room.desk.say("asks", self._asks[1])
            self._asks = next(self._questions, None)

    def _watch_the_bite(self) -> None:
        session = self._session
        if session.marks.bitten is not None or self._onset_over:
            return
        end = session.injected + session.file.scenario.onset
        self._onset_over = time.time() > end + 2  # what was scraped by then is known by now: this look is the last
        for name in self._bites:
            if name not in self._held:
                first = session.past(name, session.injected, min(time.time(), end)).first_held()
                if first is not None:
                    self._held[name] = first
                    session.recorder.event(
                        "condition", session.conditions[name].title, held=True, names=[name], first=first
                    )
        self._room.first_harm = self._held.get(self._bites[0])
        if len(self._held) == len(self._bites):
            session.marks.bitten = max(self._held.values())
            self._room.desk.say("bitten", at=session.marks.bitten)
            if self._paged is None:
                session.recorder.enter(Phase.DETECT)

    def _watch_the_pager(self) -> None:
        if self._paged is not None:
            return
        ringing = [
            one.at for one in paging(self._session.pager.deliveries(self._session.struck)) if one.status == "firing"
        ]
        if ringing:
            self._paged = min(ringing)
            self._room.desk.say("paged", at=self._paged)
            self._session.recorder.enter(Phase.RUNBOOK)

    def _end_where_it_is_time(self) -> None:
        session, now = self._session, time.time()
        if self._paged is not None:
            if now - self._paged - self._paused_s - self._pause() > self._limit_s:
                self._over("out of time")
            return
        bitten = session.marks.bitten
        late = bitten is None and now > session.injected + session.file.scenario.onset + 3
        missed = bitten is not None and now > bitten + timing.paged_within(session.file)
        if (late or missed) and self._unasked is not None:
            raise self._unasked
        if late:
            self._over("the fault had no effect")
        if missed:
            self._over("nobody was paged")

    def _pause(self) -> float:
        """Seconds of the pause that lasts."""
        return 0.0 if self._paused_at is None else time.time() - self._paused_at

    def _over(self, why: str) -> NoReturn:
        """The drill ends without a fix; the undo heals."""
        self._room.end(why)
        self._room.desk.look(self._looker.look(""))
        told(self._session, ACCEPTED, [], False, why)
        raise ActivityFailed(why)
