"""The web application of one drill."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from cluster.errors import NotWritten
from drills.server.access import Access, Visitor
from drills.server.api import State
from drills.server.api import state as as_state
from drills.server.fragments import DO, SEE, STATIC, TOP, Fragments
from drills.server.guard import Guard
from drills.server.moves import Refused, make_move, write_move
from drills.server.report import report_file
from drills.server.state import DrillFiles
from drills.server.stream import Watch, events


def create_app(folder: Path, access: Access) -> FastAPI:
    """The page of the drill in a run folder.

    Args:
        folder: the run's; nothing in it has to exist yet.
        access: who is let in.
    """
    watch = Watch(DrillFiles(folder))
    fragments = Fragments()
    writing = asyncio.Lock()

    @asynccontextmanager
    async def watching(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watch.run())
        yield
        task.cancel()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=watching)
    app.state.watch = watch
    app.add_middleware(Guard, access=access)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/")
    async def page(request: Request) -> Response:
        drill, visitor, now = watch.look(), _visitor(request), time.time()
        html = fragments.templates.get_template("page.html").render(
            parts=fragments.parts(drill, visitor, now), top=TOP, see=SEE, do=DO, role=visitor.role.value, now=now
        )
        return HTMLResponse(html)

    @app.get("/stream")
    async def stream(request: Request) -> Response:
        watch.look()
        return StreamingResponse(
            events(watch, fragments, _visitor(request)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @app.get("/api/state")
    async def state() -> State:
        return as_state(watch.look(), time.time())

    @app.post("/moves")
    async def move(
        request: Request,
        what: Annotated[str, Form()],
        text: Annotated[str, Form()] = "",
        of: Annotated[str, Form()] = "",
    ) -> Response:
        async with writing:  # two at once must not both take the same hint
            try:
                made = make_move(watch.look(), _visitor(request), what, text, of)
                await asyncio.to_thread(write_move, folder, made)
            except Refused as refused:
                return PlainTextResponse(str(refused), refused.status)
            except NotWritten as error:
                return PlainTextResponse(f"Not kept: {error.happened}", 507)
            watch.look()
        if "hx-request" in request.headers:
            return Response(status_code=204)
        return RedirectResponse("/", 303)

    @app.get("/report/{name:path}")
    async def report(name: str) -> Response:
        return report_file(folder, name, over=watch.look().ended is not None)

    return app


def _visitor(request: Request) -> Visitor:
    visitor = request.state.visitor
    assert isinstance(visitor, Visitor)  # noqa: S101  # the guard has put it there
    return visitor
