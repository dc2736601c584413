"""The page as JSON, for a program that plays: what a trainee sees, no more and no sooner."""

from __future__ import annotations

from pydantic import BaseModel

from drills.server.state import Drill, Stage, key_of
from experiments.record.drill import AlertNow, ClusterEvent
from experiments.record.files import Delivery


class Page(BaseModel):
    """A delivery at the pager, and whether somebody has acknowledged it; `key` is what an acknowledgement names."""

    key: str
    delivery: Delivery
    acknowledged: bool


class Asked(BaseModel):
    """A stakeholder's question that nobody has answered; `id` is what the answer names."""

    id: str
    at: float
    text: str


class Judged(BaseModel):
    """A fix that was declared: `refused`, `accepted`, or `judging` while the lab still looks."""

    at: float
    outcome: str
    reasons: list[str]


class State(BaseModel):
    """What is on the page now. Times are UTC seconds since the epoch; before the page only the stage is told.

    Args:
        stage: where the drill is.
        clock_s: seconds since the page; None before it. It stops with an accepted fix.
        limit_s: of the clock; then the lab heals itself.
        causes: id -> text of those to choose from.
        hints: those that were taken.
        error: what the lab could not ask just now, and why.
    """

    stage: Stage
    clock_s: float | None = None
    limit_s: float | None = None
    namespaces: list[str] = []
    symptoms: str = ""
    runbook: str | None = None
    causes: dict[str, str] = {}
    hints: list[str] = []
    hints_left: int = 0
    pages: list[Page] = []
    alerts: list[AlertNow] = []
    events: list[ClusterEvent] = []
    questions: list[Asked] = []
    declared: list[Judged] = []
    ended: str | None = None
    error: str | None = None


def state(drill: Drill, now: float) -> State:
    """The page as of `now` (epoch seconds)."""
    if drill.card is None or drill.paged is None:
        return State(stage=drill.stage, ended=drill.ended.text if drill.ended else None)
    card, live = drill.card, drill.live
    acknowledged = drill.acknowledged
    return State(
        stage=drill.stage,
        clock_s=round((drill.stopped or now) - drill.paged, 1),
        limit_s=card.limit_s,
        namespaces=card.namespaces,
        symptoms=card.symptoms,
        runbook=card.runbook,
        causes={str(one.id): one.text for one in card.causes},
        hints=list(drill.hints),
        hints_left=len(card.hints) - len(drill.hints),
        pages=[
            Page(key=key_of(one), delivery=one, acknowledged=key_of(one) in acknowledged) for one in drill.deliveries
        ],
        alerts=live.alerts if live else [],
        events=live.events if live else [],
        questions=[Asked(id=q.asked.id, at=q.asked.at, text=q.asked.text) for q in drill.questions if q.answer is None],
        declared=[
            Judged(
                at=one.move.at,
                outcome=one.outcome.what if one.outcome else "judging",
                reasons=one.outcome.reasons if one.outcome else [],
            )
            for one in drill.declared
        ],
        ended=drill.ended.text if drill.ended else None,
        error=live.error if live else None,
    )
