"""The files of a drill, `<run>/drill/`: what is asked, what the lab shows and says, what the trainee does.

Each file has one writer, so that either side may die and come back: the run writes `card.json`, `desk.jsonl`,
`looks.jsonl`, `live.json` and `samples.jsonl`; the page appends to `moves.jsonl`; the shell appends to
`commands.jsonl`. Lines are never changed. Times are UTC seconds since the epoch; the incident's clock starts at the
desk's `paged` and is never stored, only counted from there.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.record.files import Delivery, Item, Recorded
from experiments.record.kinds import Mode

FOLDER = "drill"


class Cause(Item):
    """One of the causes that drill.md offers."""

    id: int = Field(description="its position in the order shown, which is not that of drill.md")
    text: str
    true: bool


class CardFile(Recorded):
    """card.json: what the drill is about. The page shows of it what its role and the moment allow."""

    run_id: str
    scenario: str = Field(description="its name; nobody but the facilitator sees it before the debrief")
    title: str
    mode: Mode
    player: str = Field(description="a pseudonym, of a person or a team")
    namespaces: list[str]
    symptoms: str = Field(description="Markdown")
    hints: list[str]
    causes: list[Cause]
    debrief: str = Field(description="Markdown, shown when the drill is over")
    runbook: str | None = Field(description="RUNBOOK.md without front matter; None in a blind drill")
    limit_s: float = Field(description="after so many seconds from the page, or from the bite, the lab heals itself")
    signals: list[Signal]


class Signal(Item):
    """One line that the page plots: the left side of a condition of the scenario."""

    id: str = Field(description="of the condition: healthy.0")
    title: str
    unit: str = ""
    limit: float | None = Field(default=None, description="the right side, where it is a number")


class Said(Item):
    """One line of desk.jsonl: what the lab says to the trainee.

    - `deploying`, `baseline`, `waiting`: where the lab is before the page.
    - `bitten`: the system is ill; nothing is said to the trainee about it.
    - `paged`: the first notification has reached the pager; the incident's clock starts at `at`.
    - `asks`: a stakeholder wants to know how it stands, `text`; answered by a move that names `id`.
    - `judging`: a declared fix (`of` is the move's id) is being looked at. `refused`: with `reasons`; the drill goes
      on. `accepted`: the drill is over.
    - `ended`: why, in `text`: accepted, out of time, given up, interrupted. `closed`: everything is cleaned up.
    """

    id: str
    at: float
    what: Literal[
        "deploying", "baseline", "waiting", "bitten", "paged", "asks", "judging", "refused", "accepted", "ended",
        "closed",
    ]  # fmt: skip
    text: str = ""
    of: str = ""
    reasons: list[str] = Field(default=[])


class Move(Item):
    """One line of moves.jsonl: what a person did on the page.

    - `acknowledge`: the delivery whose key (`alert` and labels) is `of`, or everything so far where it is empty.
    - `note`, `hypothesis`, `status`: `text`. `severity`: SEV1 to SEV4 in `text`.
    - `answer`: `text` to the question `of`. `hint`: the next one is taken; `text` is its number, from 1.
    - `diagnosis`: the cause whose id is in `text`; the last one counts. `mitigated`: the trainee believes that users
      are served again. `declare`: "I think it is fixed". `give-up`: the debrief is wanted.
    - `pause`, `resume`, `inject`, `end`: the facilitator's.
    """

    id: str
    at: float
    by: str = Field(description="pseudonym of who did it")
    role: Literal["trainee", "facilitator"]
    what: Literal[
        "acknowledge", "note", "hypothesis", "severity", "status", "answer", "hint", "diagnosis", "mitigated",
        "declare", "give-up", "pause", "resume", "inject", "end",
    ]  # fmt: skip
    text: str = Field(default="", max_length=4000)
    of: str = ""


class AlertNow(Item):
    """One series of an alert that is pending or firing."""

    alert: str
    state: Literal["pending", "firing"]
    severity: str = ""
    summary: str = ""
    labels: dict[str, str]
    since: float


class ClusterEvent(Item):
    """One event of the scenario's namespaces, as Kubernetes tells it."""

    at: float
    namespace: str
    kind: str
    name: str
    reason: str
    message: str
    warning: bool
    count: int = 1


class LiveFile(Recorded):
    """live.json: what the lab shows now; replaced about once a second while the drill runs."""

    at: float
    alerts: list[AlertNow] = Field(default=[])
    deliveries: list[Delivery] = Field(default=[])
    events: list[ClusterEvent] = Field(default=[], description="the newest 100, newest first")
    error: str | None = Field(default=None, description="what could not be asked, and why")


class Sample(Item):
    """One line of samples.jsonl: the signals at one moment; one that could not be asked is missing."""

    at: float
    values: dict[str, float]


class Command(Item):
    """One line of commands.jsonl: a command of the trainee's shell, without secrets."""

    at: float
    command: str
    exit_code: int
    took_s: float


class Finding(Item):
    """Something that a look found to be other than deployed."""

    kind: Literal[
        "alert-silenced", "alert-changed", "workload-gone", "workload-scaled-away", "traffic-gone", "opened",
        "data-lost", "service-broken", "collateral",
    ]  # fmt: skip
    thing: str = Field(description="what, as a person would name it: deployment shop/shop")
    text: str
    refuses: bool = Field(description="a fix with this is refused; else it costs points")


class Look(Item):
    """One line of looks.jsonl: the system compared with what was deployed, at a declared fix and at the end."""

    at: float
    of: str = Field(description="the move that declared the fix; empty at the end")
    findings: list[Finding]
    error: str | None = Field(default=None, description="what could not be looked at: then nothing is accepted")


CardFile.model_rebuild()
