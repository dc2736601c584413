"""The files of a game day, `reports/gamedays/<utc>-<slug>/`. Times are UTC seconds since the epoch.

`plan.yaml` is the plan as it was, `day.json` what it came to; both are written once. The conductor appends to
`day.jsonl`, the pages to `orders.jsonl`; lines are never changed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from experiments.record.files import Item, Recorded
from experiments.record.kinds import Mode


class Step(Item):
    """One thing that happens, drawn and dealt out.

    - `break`: nothing, for `length_s`.
    - `window`: surprises may come from here on; where `clock` is set, the day waits for that time of day.
    - `incident`: a drill; in a window at `moment_s` after it opened.
    - `watch`: what is left of a window after its last surprise.
    """

    kind: Literal["break", "window", "incident", "watch"]
    length_s: float = Field(default=0.0, description="of the break; of the whole window")
    clock: tuple[int, int] | None = Field(default=None, description="hour and minute, of the laptop's own clock")
    window: int | None = Field(default=None, description="which of the day's windows it belongs to, from 0")
    moment_s: float | None = None
    scenario: str = ""
    title: str = Field(default="", description="the scenario's; for the facilitator only, until it is over")
    team: str = ""
    mode: Mode = Mode.GUIDED
    limit_s: float = 0.0


class DayFile(Recorded):
    """day.json: what the plan came to once everything was drawn."""

    day_id: str
    title: str
    teams: list[str]
    stakeholders: bool
    seed: int
    address: str
    port: int
    steps: list[Step]


class Happening(StrEnum):
    """What the conductor tells."""

    OPENED = "opened"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    WAITS = "waits"
    PLAYING = "playing"
    CHILD = "child"
    RUN = "run"
    ENDING = "ending"
    ENDED = "ended"
    INTERRUPTED = "interrupted"
    REPEAT = "repeat"
    SKIPPED = "skipped"
    SAID = "said"
    REFUSED = "refused"
    DONE = "done"


class Happened(Item):
    """One line of day.jsonl.

    - `opened`: a conductor took the day over. `started`: the facilitator began it.
    - `waits`: `step` is a break, a window or an incident that comes by surprise; it is over at `until`.
    - `playing`: the drill of `step` begins, written before anything else is done for it. `child`: its process is `pid`,
      born at the kernel's clock tick `born`. `run`: its run folder is called `run`.
    - `ending`: the facilitator asked the drill to end. `ended`: it did, with the verdict in `text`.
    - `interrupted`: it did not come to a result, why in `text`; the facilitator says `repeat` or `skipped`.
    - `said`: a message of the facilitator's to everybody.
    - `refused`: the order `of` could not be carried out, why in `text`.

    `of` is the order that caused it, so that no order is carried out twice.
    """

    at: float
    what: Happening
    step: int | None = None
    until: float | None = None
    run: str = ""
    pid: int = 0
    born: int = 0
    text: str = ""
    of: str = ""


class Word(StrEnum):
    """What a facilitator may order."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    INJECT = "inject"
    END_INCIDENT = "end-incident"
    REPEAT = "repeat"
    SKIP = "skip"
    MESSAGE = "message"
    END = "end"


class Order(Item):
    """One line of orders.jsonl."""

    id: str
    at: float
    what: Word
    text: str = Field(default="", max_length=500, description="of a message")
