"""The kill matrix: what was killed and what was left, one line of JSON a kill, and its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.table import Table
from rich.text import Text

from reports import units


class Kill(BaseModel):
    """One kill of the process that plays a run. Moments are UTC seconds since the epoch, durations are seconds.

    Args:
        time: when the first signal was sent.
        fault: the scenario that was played.
        phase: the phase that the kill was meant for.
        signals: what was sent, in order.
        hit: the phase that the run was in when the first signal was sent.
        exit_code: of the killed process; negative: the number of the signal that ended it.
        verdict: of the killed run; empty where none was written.
        report: whether the killed run has a report.
        reverted_s: from the kill until the node was as before without any help; None where that was not looked at.
        healed_by: what cleaned up.
        healed_s: from the first signal until nothing differed.
        differences: what was left after it.
        wrong: everything that was not as it has to be; empty for a kill that was survived.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    schema_version: Literal[1] = 1
    time: float
    fault: str
    phase: str
    signals: tuple[str, ...]
    hit: str
    exit_code: int
    verdict: str
    report: bool
    reverted_s: float | None
    healed_by: Literal["undo", "heal", "next start"]
    healed_s: float
    differences: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def cell(self) -> tuple[str, str, tuple[str, ...]]:
        """The cell of the matrix that this kill stands in."""
        return (self.fault, self.phase, self.signals)


@dataclass(frozen=True)
class Row:
    """All kills of one fault with the same signals: the newest of each phase counts."""

    fault: str
    signals: tuple[str, ...]
    kills: int
    survived: int
    differences: int
    slowest_s: float
    reverted_s: float | None
    wrong: tuple[str, ...]


def append(kill: Kill, path: Path) -> None:
    """Add a kill to the file, which is made where there is none."""
    with path.open("a", encoding="utf-8") as file:
        file.write(kill.model_dump_json() + "\n")


def kills(path: Path) -> Iterator[Kill]:
    """The kills on record, oldest first; a line that was cut short is passed over. No file is no kill."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            yield Kill.model_validate_json(line)
        except ValidationError:
            continue


def table(recorded: Iterable[Kill]) -> list[Row]:
    """A row for each fault and signals, by name."""
    newest = {kill.cell: kill for kill in recorded}
    together: dict[tuple[str, tuple[str, ...]], list[Kill]] = {}
    for kill in newest.values():
        together.setdefault((kill.fault, kill.signals), []).append(kill)
    return [_row(fault, signals, found) for (fault, signals), found in sorted(together.items())]


def render(rows: Sequence[Row]) -> Table:
    """The rows for a terminal, with a last one for all."""
    shown = Table(title="kill matrix: the newest kill of each cell", show_footer=True)
    shown.add_column("fault", "all")
    shown.add_column("signals")
    shown.add_column("survived", f"{sum(r.survived for r in rows)}/{sum(r.kills for r in rows)}", justify="right")
    shown.add_column("differences", str(sum(row.differences for row in rows)), justify="right")
    shown.add_column("clean after", units.seconds(max((r.slowest_s for r in rows), default=None)), justify="right")
    shown.add_column("reverted by itself", justify="right")
    shown.add_column("wrong", overflow="fold")
    for row in rows:
        shown.add_row(
            Text(row.fault),
            " ".join(row.signals),
            f"{row.survived}/{row.kills}",
            str(row.differences),
            units.seconds(row.slowest_s),
            units.seconds(row.reverted_s),
            Text("; ".join(row.wrong)),
        )
    return shown


def _row(fault: str, signals: tuple[str, ...], found: Sequence[Kill]) -> Row:
    return Row(
        fault=fault,
        signals=signals,
        kills=len(found),
        survived=sum(not kill.wrong for kill in found),
        differences=sum(len(kill.differences) for kill in found),
        slowest_s=max(kill.healed_s for kill in found),
        reverted_s=max((kill.reverted_s for kill in found if kill.reverted_s is not None), default=None),
        wrong=tuple(f"{kill.phase}: {wrong}" for kill in found for wrong in kill.wrong),
    )
