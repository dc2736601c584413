"""A planned day for tests: two incidents, a break, a window with two surprises."""

from __future__ import annotations

from pathlib import Path

from drills.gameday.folder import DayFolder
from drills.gameday.record import DayFile, Happened, Happening, Order, Step, Word

NOW = 1_800_000_000.0
STEPS = [
    Step(kind="incident", scenario="cache-stampede", title="Every key expires", team="Kestrel", limit_s=900),
    Step(kind="break", length_s=600),
    Step(kind="incident", scenario="cache-stampede", title="Every key expires", team="Heron", limit_s=900),
    Step(kind="window", window=0, length_s=3600),
    Step(kind="incident", scenario="hpa-too-slow", title="Too slow", team="Kestrel", window=0, moment_s=300),
    Step(kind="incident", scenario="regex-cpu", title="A pattern", team="Heron", window=0, moment_s=1800),
    Step(kind="watch", window=0, length_s=3600),
]


def happened(at: float, what: Happening, **more: object) -> Happened:
    """One line of day.jsonl, `at` seconds after NOW."""
    return Happened.model_validate({"at": NOW + at, "what": what, **more})


def order(at: float, what: Word, text: str = "", id: str = "") -> Order:
    """One line of orders.jsonl, `at` seconds after NOW."""
    return Order(id=id or f"{what}-{at:g}", at=NOW + at, what=what, text=text)


def write(root: Path, *lines: Happened, steps: list[Step] = STEPS, port: int = 8790) -> DayFolder:
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
