"""A planned day for tests: two incidents, a break, a window with two surprises."""

from __future__ import annotations

import json
import time
from pathlib import Path

from drills.gameday.folder import DayFolder
from drills.gameday.record import DayFile, Happened, Happening, Order, Step, Word
from experiments.record.drill import FOLDER, CardFile, Cause, Move, Said
from experiments.record.kinds import Mode
from experiments.record.writing import append_line, write_text

NOW = float(int(time.time()) - 600)
"""Ten minutes ago, so that clocks in a browser have something to show; whole, so that sums are exact."""
STEPS = [
    Step(kind="incident", scenario="cache-stampede", title="Every key expires", team="Kestrel", limit_s=900),
    Step(kind="break", length_s=600),
    Step(kind="incident", scenario="cache-stampede", title="Every key expires", team="Heron", limit_s=900),
    Step(kind="window", window=0, length_s=3600),
    Step(
        kind="incident", scenario="hpa-too-slow", title="Too slow", team="Kestrel", window=0, moment_s=300, limit_s=900
    ),
    Step(kind="incident", scenario="regex-cpu", title="A pattern", team="Heron", window=0, moment_s=1800, limit_s=900),
    Step(kind="watch", window=0, length_s=3600),
]


def happened(at: float, what: Happening, **more: object) -> Happened:
    """One line of day.jsonl, `at` seconds after NOW."""
    return Happened.model_validate({"at": NOW + at, "what": what, **more})


def order(at: float, what: Word, text: str = "", id: str = "") -> Order:
    """One line of orders.jsonl, `at` seconds after NOW."""
    return Order(id=id or f"{what}-{at:g}", at=NOW + at, what=what, text=text)


def write(root: Path, *lines: Happened, steps: list[Step] = STEPS, port: int = 8700) -> DayFolder:
    """Put a day's folder below `root`/gamedays; its drills are in `root`/runs."""
    day = DayFile(
        day_id="20270115-080000-a-day",
        title="A day",
        teams=["Kestrel", "Heron"],
        stakeholders=True,
        seed=7,
        address="127.0.0.1",
        port=port,
        steps=steps,
    )
    folder = DayFolder.plan(root / "gamedays", "title: A day\n", day)
    for line in lines:
        folder.tell(line)
    return folder


RUN = "20270115-080100-cache-stampede-drill"
SECRETS = (
    "cache-stampede",
    "Every key expires",
    "keep time",
    "expire together",
    "hpa-too-slow",
    "Too slow",
    "A pattern",
)
"""Names, titles, hints and causes of what is running or still to come."""


def write_drill(root: Path, name: str = RUN, *, player: str = "Kestrel", over: bool = False, at: float = 60.0) -> Path:
    """Put a drill that was paged `at` seconds after NOW below `root`/runs; `over`: fixed after 300 s, worth 84."""
    run = root / "runs" / name
    card = CardFile(
        run_id=name,
        scenario="cache-stampede",
        title="Every key expires",
        mode=Mode.GUIDED,
        player=player,
        namespaces=["shop"],
        symptoms="- Pages take seconds.",
        hints=["What does all that is slow share?", "What in this system can keep time?", "Compare two."],
        causes=[
            Cause(id=0, text="The pool is too small", true=False),
            Cause(id=1, text="All pages expire together", true=True),
        ],
        debrief="They all had one lifetime.",
        runbook=None,
        limit_s=900,
        signals=[],
    )
    said = [("deploying", -40.0), ("bitten", -5.0), ("paged", 0.0)] + ([("accepted", 300.0)] if over else [])
    said += [("ended", 300.5), ("closed", 330.0)] if over else []
    moves = [("acknowledge", "", 9.0), ("severity", "SEV2", 20.0), ("hint", "1", 50.0), ("diagnosis", "1", 70.0)]
    write_text(run / FOLDER / "card.json", card.model_dump_json())
    for what, after in said:
        text = "accepted" if what == "ended" else ""
        line = Said.model_validate({"id": what, "at": NOW + at + after, "what": what, "text": text})
        append_line(run / FOLDER / "desk.jsonl", line.model_dump_json().encode())
    for what, text, after in moves:
        fields = {"id": what, "at": NOW + at + after, "by": player, "role": "trainee", "what": what, "text": text}
        append_line(run / FOLDER / "moves.jsonl", Move.model_validate(fields).model_dump_json().encode())
    if over:
        score = {"points": 84, "out_of": 100, "counts": True, "lines": [], "missed": []}
        write_text(run / "score.json", json.dumps(score))
    return run


def running(root: Path, *more: Happened, port: int = 8700) -> DayFolder:
    """A day on which Kestrel plays, paged 60 s after NOW."""
    write_drill(root)
    lines = [
        happened(0, Happening.OPENED),
        happened(0, Happening.STARTED),
        happened(1, Happening.PLAYING, step=0),
        happened(1, Happening.CHILD, pid=1, born=1),
        happened(2, Happening.RUN, run=RUN),
    ]
    return write(root, *lines, *more, port=port)


def after_one(root: Path, *more: Happened, port: int = 8700) -> DayFolder:
    """A day on which Kestrel's incident is over, and the break goes on."""
    write_drill(root, over=True)
    lines = [
        happened(0, Happening.STARTED),
        happened(1, Happening.PLAYING, step=0),
        happened(2, Happening.RUN, run=RUN),
        happened(400, Happening.ENDED, step=0, text="passed"),
        happened(400, Happening.WAITS, step=1, until=NOW + 1000),
        happened(410, Happening.SAID, text="Coffee is in the <b>kitchen</b>."),
    ]
    return write(root, *lines, *more, port=port)
