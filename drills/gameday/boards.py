"""The day's pages in parts: the facilitator's, the wall, and what a team sees while it waits."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from drills.gameday.facts import Facts
from drills.gameday.looking import DayWatch
from drills.gameday.orders import allowed
from drills.gameday.standings import standings, wall
from drills.server.fragments import Fragment, environment
from drills.server.stream import BEAT_S, event

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"

Values = Callable[[Facts], Mapping[str, object]]


@dataclass(frozen=True)
class Board:
    """A page of parts that are replaced one by one.

    Args:
        name: of its template.
        parts: the names of its parts, each a template.
        stream: where its changes come from.
        values: what its parts show.
    """

    name: str
    parts: tuple[str, ...]
    stream: str
    values: Values


def facilitator(links: Mapping[str, str]) -> Board:
    """The facilitator's page.

    Args:
        links: where each role opens its page.
    """

    def values(facts: Facts) -> Mapping[str, object]:
        return {
            "facts": facts,
            "day": facts.day,
            "drill": facts.drill,
            "allowed": {str(word) for word in allowed(facts.day)},
            "standings": standings(facts),
            "links": links,
        }

    return Board("facilitator", ("bar", "lead", "cause", "scores", "plan", "log"), "/day/stream", values)


def scoreboard() -> Board:
    """The wall."""
    return Board("wall", ("head", "table", "news"), "/wall/stream", lambda facts: {"wall": wall(facts)})


def lobby(team: str) -> Board:
    """What a team sees while it plays nothing."""

    def values(facts: Facts) -> Mapping[str, object]:
        return {
            "wall": wall(facts),
            "team": team,
            "go": bool(facts.shown_to(team)),
            "debrief": bool(facts.last_of(team)),
        }

    return Board("lobby", ("head", "table", "news"), "/lobby/stream", values)


class Boards:
    """Renders boards."""

    def __init__(self) -> None:
        self._templates = environment(HERE / "templates")

    def page(self, board: Board, facts: Facts) -> str:
        """The whole page."""
        template, parts = self._templates.get_template(f"{board.name}.html"), self._parts(board, facts)
        return template.render(parts=parts, board=board, now=time.time(), title=facts.file.title)

    async def events(self, board: Board, watch: DayWatch) -> AsyncIterator[str]:
        """Server-sent events for one visitor: first every part, then those that changed; `now` now and then."""
        yield "retry: 1000\n\n"
        versions: dict[str, str] = {}
        beat = 0.0
        while not watch.stopped:
            turn = watch.turn
            for name, part in self._parts(board, watch.facts).items():
                if versions.get(name) != part.version:
                    versions[name] = part.version
                    yield event(name, f"<!--{part.version}-->{part.html}")
            if time.time() - beat >= BEAT_S:
                beat = time.time()
                yield event("now", json.dumps({"now": beat, "live": None}))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(turn.wait(), max(0.1, beat + BEAT_S - time.time()))

    def _parts(self, board: Board, facts: Facts) -> Mapping[str, Fragment]:
        values, found = board.values(facts), {}
        for name in board.parts:
            html = self._templates.get_template(f"{board.name}/{name}.html").render(values).strip()
            version = hashlib.blake2s(html.encode(), digest_size=6).hexdigest()
            found[name] = Fragment(Markup(html), version)  # noqa: S704  # the template has escaped it
        return found
