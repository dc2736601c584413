"""The live pages of the day's drills, inside the day's own server: each visitor is led to the one that is theirs."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from drills.gameday.day import Stage
from drills.gameday.facts import Facts
from drills.gameday.looking import DayWatch
from drills.server.access import Access, Role, Visitor
from drills.server.app import create_app

_Key = tuple[str, Role]
"""The run folder's name of a drill, and for whom its page is: the facilitator goes on to the next drill while the team
of the last one reads its debrief, so their pages end at different moments."""


@dataclass(frozen=True)
class _Page:
    app: FastAPI
    looking: asyncio.Task[None]


class LivePages:
    """An application for every path that is not the day's own: the drill that its visitor may see.

    Args:
        watch: the day's.
        access: who is let in, the same as for the day.
    """

    def __init__(self, watch: DayWatch, access: Access) -> None:
        self._watch, self._access = watch, access
        self._pages: dict[_Key, _Page] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or say that there is nothing to see."""
        visitor = scope["state"]["visitor"]
        run = run_for(self._watch.facts, visitor)
        if not run:
            await PlainTextResponse("No incident is yours now.", 409)(scope, receive, send)
            return
        await self._page((run, visitor.role)).app({**scope, "root_path": "", "app_root_path": ""}, receive, send)

    async def tend(self) -> None:
        """Let go of pages that nobody is led to any more: their visitors come back and are led to the next drill."""
        while True:
            await self._watch.turn.wait()
            facts = self._watch.facts
            wanted = {(run, Role.TRAINEE) for run in (facts.day.run, *map(facts.last_of, facts.file.teams))}
            wanted.add((run_for(facts, Visitor(Role.FACILITATOR)), Role.FACILITATOR))
            for key in [key for key in self._pages if key not in wanted]:
                await self._close(key)
            if facts.day.stage is Stage.INCIDENT:
                step = facts.day.current
                last = (facts.last_of(step.team) if step is not None else "", Role.TRAINEE)
                if last in self._pages and last[0] != facts.day.run and step and facts.shown_to(step.team):
                    await self._close(last)

    def hush(self) -> None:
        """End every stream: a server that goes down must not wait for its visitors."""
        for page in self._pages.values():
            page.app.state.watch.stop()

    async def stop(self) -> None:
        """Let go of every page."""
        for key in list(self._pages):
            await self._close(key)

    def _page(self, key: _Key) -> _Page:
        if key not in self._pages:
            app = create_app(self._watch.folder.runs / key[0], self._access)
            app.state.watch.look()
            self._pages[key] = _Page(app, asyncio.create_task(app.state.watch.run()))
        return self._pages[key]

    async def _close(self, key: _Key) -> None:
        page = self._pages.pop(key)
        page.app.state.watch.stop()
        page.looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await page.looking


def run_for(facts: Facts, visitor: Visitor) -> str:
    """The run folder's name of the drill that a visitor is led to; empty: none.

    A team sees its own drill, then its debrief until its next one. The facilitator sees the one that runs, else the
    last one. An observer sees the wall and no drill.
    """
    if visitor.role is Role.TRAINEE:
        return facts.shown_to(visitor.who) or facts.last_of(visitor.who)
    if visitor.role is Role.FACILITATOR:
        return facts.day.run or (facts.results[-1].played.run if facts.results else "")
    return ""
