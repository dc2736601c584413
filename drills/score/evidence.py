"""What a drill left behind, read once; a file that is missing is empty, a line that cannot be read is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from experiments.judge.truth import Truth
from experiments.record.drill import FOLDER, CardFile, Command, Look, Move, Said
from experiments.record.files import Delivery, NotificationsFile, SignalsFile, VerdictFile
from experiments.record.folder import RunFolder
from experiments.record.lines import Line, read_lines


@dataclass(frozen=True)
class Drill:
    """A drill in memory.

    Args:
        desk, moves, looks, commands: in the order in which they were written, each line once.
        verdict: None where nobody has judged yet.
        signals: None where no sample was had.
        deliveries: what arrived at the pager.
        unread: lines that could not be read, in words.
    """

    card: CardFile
    desk: tuple[Said, ...]
    moves: tuple[Move, ...]
    looks: tuple[Look, ...]
    commands: tuple[Command, ...]
    verdict: VerdictFile | None
    signals: SignalsFile | None
    deliveries: tuple[Delivery, ...]
    unread: tuple[str, ...] = ()

    def said(self, what: str) -> Said | None:
        """The first that the desk said of a kind; a desk that was started again may say it once more."""
        return next((one for one in self.desk if one.what == what), None)

    @cached_property
    def paged(self) -> float | None:
        """The moment the incident's clock starts; None where nobody was ever paged."""
        said = self.said("paged")
        return None if said is None else said.at

    @cached_property
    def ended(self) -> float | None:
        """The moment the drill was over for the player; None where it was cut short."""
        said = self.said("accepted") or self.said("ended") or self.said("closed")
        return None if said is None else said.at

    @cached_property
    def played(self) -> tuple[Move, ...]:
        """The trainee's moves, but those made after the end."""
        ended = self.ended
        return tuple(one for one in self.moves if one.role == "trainee" and (ended is None or one.at <= ended))

    def paused_between(self, start: float, end: float) -> float:
        """How long (seconds) the facilitator had paused the drill within [start, end]; the time limit waits as well."""
        paused, since = 0.0, None
        for move in self.moves:
            if move.what == "pause" and since is None:
                since = move.at
            elif move.what == "resume" and since is not None:
                paused += _overlap(since, move.at, start, end)
                since = None
        return paused if since is None else paused + _overlap(since, end, start, end)

    def truths(self, group: str) -> list[Truth]:
        """The conditions of a group over time."""
        if self.signals is None:
            return []
        return [Truth.of(one, self.signals.step_s) for one in self.signals.conditions if one.group == group]


def read(run: Path) -> Drill:
    """Read the drill of a run folder.

    Raises:
        FileNotFoundError: there is no card.json, so it is no drill.
        NotRead: a file of lines is there and may not be read.
        pydantic.ValidationError: card.json, verdict.json or another file that is replaced as a whole is damaged.
    """
    folder, unread = RunFolder(run), list[str]()
    notified = folder.read("notifications.json", NotificationsFile) if folder.has("notifications.json") else None
    return Drill(
        card=folder.read(f"{FOLDER}/card.json", CardFile),
        desk=_once(_lines(run, "desk.jsonl", Said, unread)),
        moves=_once(_lines(run, "moves.jsonl", Move, unread)),
        looks=_lines(run, "looks.jsonl", Look, unread),
        commands=_lines(run, "commands.jsonl", Command, unread),
        verdict=folder.read("verdict.json", VerdictFile) if folder.has("verdict.json") else None,
        signals=folder.read("signals.json", SignalsFile) if folder.has("signals.json") else None,
        deliveries=tuple(notified.deliveries) if notified is not None else (),
        unread=tuple(unread),
    )


def _overlap(begin: float, stop: float, start: float, end: float) -> float:
    return max(0.0, min(stop, end) - max(begin, start))


def _lines(run: Path, name: str, model: type[Line], unread: list[str]) -> tuple[Line, ...]:
    found = read_lines(run / FOLDER / name, model)
    unread += map(str, found.left_out)
    return found.read


def _once(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Each line once, where it stands first: who was killed between writing and remembering it may write it again."""
    found: dict[str, Line] = {}
    for line in lines:
        found.setdefault(line.model_dump_json(), line)
    return tuple(found.values())
