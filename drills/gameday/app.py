"""The web application of a game day: the facilitator's page, the wall, and the live page of each drill."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from cluster.errors import NotWritten
from drills.gameday.boards import STATIC, Board, Boards, facilitator, lobby, scoreboard
from drills.gameday.day import Stage
from drills.gameday.folder import DayFolder
from drills.gameday.live import LivePages
from drills.gameday.looking import DayWatch
from drills.gameday.orders import carry_out
from drills.gameday.record import Happening, Order, Word
from drills.server.access import Access, Role, Visitor
from drills.server.fragments import STATIC as PAGE_STATIC
from drills.server.guard import Guard
from drills.server.moves import Refused, make_move, write_move

_MOVES: Mapping[Word, str] = {Word.END: "end", Word.END_INCIDENT: "end", Word.MESSAGE: "note"}
"""Orders that the drill that runs hears too, and as which move of the facilitator's."""


def create_day_app(folder: DayFolder, access: Access, links: Mapping[str, str]) -> FastAPI:
    """The pages of the day in a folder.

    Args:
        folder: the day's.
        access: who is let in, with a token for each team.
        links: where each role opens its page; only the facilitator sees them.
    """
    watch, boards = DayWatch(folder), Boards()
    pages = LivePages(watch, access)
    lead, hung = facilitator(links), scoreboard()

    @asynccontextmanager
    async def looking(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(watch.run()), asyncio.create_task(pages.tend())]
        yield
        for task in tasks:
            task.cancel()
        await pages.stop()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=looking)
    app.state.watch, app.state.pages = watch, pages
    app.add_middleware(Guard, access=access)
    app.mount("/static/day", StaticFiles(directory=STATIC), name="day")
    app.mount("/static", StaticFiles(directory=PAGE_STATIC), name="static")

    def show(board: Board) -> Response:
        return HTMLResponse(boards.page(board, watch.look()))

    def stream(board: Board) -> Response:
        watch.look()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(boards.events(board, watch), media_type="text/event-stream", headers=headers)

    @app.get("/")
    async def first(request: Request) -> Response:
        visitor = _visitor(request)
        if visitor.role is Role.OBSERVER:
            return RedirectResponse("/wall", 303)
        facts = watch.look()
        if visitor.role is Role.FACILITATOR:
            return _Handed(pages) if facts.day.run else RedirectResponse("/day", 303)
        if facts.shown_to(visitor.who) or ("debrief" in request.query_params and facts.last_of(visitor.who)):
            return _Handed(pages)
        return show(lobby(visitor.who))

    @app.get("/lobby/stream")
    async def lobby_stream(request: Request) -> Response:
        return stream(lobby(_visitor(request).who))

    @app.get("/wall")
    async def on_the_wall() -> Response:
        return show(hung)

    @app.get("/wall/stream")
    async def wall_stream() -> Response:
        return stream(hung)

    @app.get("/day")
    async def lead_page(request: Request) -> Response:
        return show(lead) if _visitor(request).role is Role.FACILITATOR else _not_yours()

    @app.get("/day/stream")
    async def lead_stream(request: Request) -> Response:
        return stream(lead) if _visitor(request).role is Role.FACILITATOR else _not_yours()

    @app.post("/day/orders")
    async def order(request: Request, what: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> Response:
        visitor, now = _visitor(request), time.time()
        if visitor.role is not Role.FACILITATOR:
            return _not_yours()
        try:
            made = Order.model_validate({"id": uuid.uuid4().hex[:12], "at": now, "what": what, "text": text.strip()})
        except ValidationError:
            return PlainTextResponse("There is no such order, or it is too long.", 422)
        facts = watch.look()
        answer = carry_out(facts.day, made, now)
        if answer.what is Happening.REFUSED:
            return PlainTextResponse(answer.text, 409)
        try:
            await asyncio.to_thread(folder.order, made)
            if made.what in _MOVES and facts.day.stage is Stage.INCIDENT and facts.day.run:
                await asyncio.to_thread(_tell_drill, visitor, made)
        except NotWritten as error:
            return PlainTextResponse(f"Not kept: {error.happened}", 507)
        return Response(status_code=204) if "hx-request" in request.headers else RedirectResponse("/day", 303)

    def _tell_drill(visitor: Visitor, made: Order) -> None:
        facts = watch.facts
        try:
            write_move(folder.runs / facts.day.run, make_move(facts.drill, visitor, _MOVES[made.what], made.text, ""))
        except Refused:
            return  # it is over already

    app.mount("/", pages)
    return app


class _Handed(Response):
    """An answer that another application gives to the same request."""

    def __init__(self, app: LivePages) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it answer."""
        await self._app(scope, receive, send)


def _visitor(request: Request) -> Visitor:
    visitor = request.state.visitor
    assert isinstance(visitor, Visitor)  # noqa: S101  # the guard has put it there
    return visitor


def _not_yours() -> Response:
    return PlainTextResponse("This page is the facilitator's. Teams are at /, the wall is at /wall.", 403)
