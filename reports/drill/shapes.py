"""What the report reads of the files in `<run>/drill/` and of score.json; see `reports/reading/shapes.py`."""

from __future__ import annotations

from reports.reading.shapes import Moment, Shape


class Cause(Shape):
    """One of the causes that were offered."""

    id: int
    text: str
    true: bool


class Card(Shape):
    """card.json."""

    mode: str
    player: str
    hints: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    debrief: str = ""
    limit_s: float


class Said(Shape):
    """One line of desk.jsonl."""

    id: str
    at: Moment
    what: str
    text: str = ""
    of: str = ""
    reasons: tuple[str, ...] = ()


class Move(Shape):
    """One line of moves.jsonl."""

    id: str
    at: Moment
    by: str
    role: str
    what: str
    text: str = ""
    of: str = ""


class Command(Shape):
    """One line of commands.jsonl."""

    at: Moment
    command: str
    exit_code: int
    took_s: float


class Line(Shape):
    """One line of the score."""

    id: str
    title: str
    points: int
    out_of: int
    measured: float | None = None
    unit: str = "s"
    text: str


class Times(Shape):
    """Seconds after the page; None where it never happened."""

    acknowledge_s: float | None = None
    diagnose_s: float | None = None
    mitigate_s: float | None = None
    fix_s: float | None = None


class Reference(Times):
    """The same of the run that it is compared with."""

    run_id: str


class Score(Shape):
    """score.json."""

    counts: bool
    why_not: str = ""
    outcome: str
    points: int
    out_of: int
    lines: tuple[Line, ...] = ()
    times: Times
    reference: Reference | None = None
    missed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
