"""plan.yaml: what a game day consists of, as people write it."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from experiments.model.base import Frozen, Seconds
from experiments.record.kinds import Mode

RANDOM = "random"
EVERYBODY = "all"
LEAD_S = 180.0
"""What an incident takes beside the trainee's own time: deploying, baseline, the wait before the fault, undo."""

Level = Literal[1, 2, 3]
Clock = tuple[int, int]


def _clock(value: object) -> object:
    # YAML reads 14:00 without quotation marks as the number 840.
    parts = value.split(":") if isinstance(value, str) else []
    if len(parts) == 2 and all(part.isdigit() and len(part) == 2 for part in parts):
        hour, minute = int(parts[0]), int(parts[1])
        if hour < 24 and minute < 60:
            return hour, minute
    if isinstance(value, list | tuple):
        return value
    raise ValueError('write a time of day in quotation marks, from: "14:00"')


def _between(least: float, most: float, words: str) -> AfterValidator:
    def check(value: float) -> float:
        if not least <= value <= most:
            raise ValueError(f"write {words}")
        return value

    return AfterValidator(check)


def _pseudonym(name: str) -> str:
    if name.lower() in {EVERYBODY, RANDOM}:
        raise ValueError(f"{name!r} already means something here; choose another name for the team")
    return name


Limit = Annotated[Seconds, _between(60.0, 4 * 3600.0, "a limit between 1m and 4h")]
Pause = Annotated[Seconds, _between(10.0, 24 * 3600.0, "a length between 10s and 24h")]
Length = Annotated[Seconds, _between(60.0, 24 * 3600.0, "a length between 1m and 24h")]
TimeOfDay = Annotated[Clock, BeforeValidator(_clock)]
Team = Annotated[str, Field(pattern=r"^[^\W_][\w -]{0,29}$"), AfterValidator(_pseudonym)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class IncidentEntry(Frozen):
    """One incident, which begins as soon as the day gets there.

    Args:
        incident: a scenario's name, or `random`: one of those that this day does not play otherwise.
        level: how hard a random one is, 1 to 3; any, where it is absent.
        team: who plays it; `all`: each team in turn, the same incident.
        limit: how long the trainees have from the page on, where it differs from the plan's.
        mode: how much they are told, where it differs from the plan's.
    """

    incident: Name
    level: Level | None = None
    team: str = EVERYBODY
    limit: Limit | None = None
    mode: Mode | None = None


class BreakEntry(Frozen):
    """Nothing happens for so long. The facilitator may end it early, or pause the day to make it longer."""

    break_: Pause = Field(alias="break")


class Window(Frozen):
    """A time in which incidents come by surprise.

    Args:
        from_: the laptop's time of day at which it opens; as soon as the day gets there, where it is absent.
        length: how long it stays open. Every surprise may take its whole limit and still ends within it.
        incidents: what may come, each a scenario's name or `random`; each once before one comes twice.
        count: how many come; as many as are named, where it is absent.
        level, limit, mode: as for an incident.
        team: who is on call; `all`: the teams take turns from one surprise to the next.
    """

    from_: TimeOfDay | None = Field(default=None, alias="from")
    length: Length
    incidents: Annotated[tuple[Name, ...], Field(min_length=1)]
    count: Annotated[int, Field(ge=1, le=20)] | None = None
    level: Level | None = None
    team: str = EVERYBODY
    limit: Limit | None = None
    mode: Mode | None = None

    @property
    def surprises(self) -> int:
        """How many incidents come."""
        return len(self.incidents) if self.count is None else self.count


class WindowEntry(Frozen):
    """A window for surprises."""

    window: Window


Entry = IncidentEntry | BreakEntry | WindowEntry


class Settings(Frozen):
    """Everything of a plan but its entries.

    Args:
        title: stands on every page.
        teams: pseudonyms; records of people stay under these names.
        mode: how much the trainees are told.
        limit: how long they have for each incident from the page on.
        stakeholders: whether somebody asks now and then how it stands.
        seed: of everything that is drawn; the same seed and plan make the same day. Absent: drawn at the start.
        address: where the pages are served; on another than loopback nobody gets in without a token.
        port: of the pages.
    """

    title: Name
    teams: Annotated[tuple[Team, ...], Field(min_length=1, max_length=12)]
    mode: Mode = Mode.GUIDED
    limit: Limit = 1800.0
    stakeholders: bool = True
    seed: int | None = None
    address: IPv4Address = IPv4Address("127.0.0.1")
    port: Annotated[int, Field(ge=1024, le=65535)] = 8700


class Plan(Settings):
    """A plan that fits together: its teams and scenarios exist, its windows are long enough.

    Args:
        entries: what happens, in order.
    """

    entries: tuple[Entry, ...]

    def limit_of(self, entry: IncidentEntry | Window) -> float:
        """Seconds from the page until the lab heals itself."""
        return self.limit if entry.limit is None else entry.limit

    def mode_of(self, entry: IncidentEntry | Window) -> Mode:
        """How much the trainees of this entry are told."""
        return self.mode if entry.mode is None else entry.mode

    def slot(self, entry: IncidentEntry | Window) -> float:
        """Seconds that one incident of this entry may take as a whole."""
        return self.limit_of(entry) + LEAD_S
