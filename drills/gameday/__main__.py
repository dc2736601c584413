"""`python -m drills.gameday DAY_FOLDER`: serve a game day's pages until the process is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from cluster.errors import FiredrillError
from drills.gameday.access import links, rules, tokens
from drills.gameday.app import create_day_app
from drills.gameday.folder import DayFolder
from drills.server.__main__ import listen, url


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m drills.gameday", description=__doc__)
    parser.add_argument("day", type=Path, help="the day's folder")
    given = parser.parse_args(arguments)
    try:
        folder = DayFolder(given.day)
        file = folder.file()
        listening = listen(file.address, file.port, folder.path)
        asyncio.run(serve(folder, listening))
    except FiredrillError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


async def serve(folder: DayFolder, listening: socket.socket) -> None:
    """Serve on a listening socket until the process is told to stop."""
    file = folder.file()
    given = tokens(folder.path, file.teams)
    app = create_day_app(folder, rules(file.address, given), links(url(listening).rstrip("/"), given))
    # The address line of a request may hold a token: nothing is logged.
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2))

    def stop() -> None:
        app.state.watch.stop()
        app.state.pages.hush()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop)
    await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """One that leaves signals to `serve`, which ends the streams first: they would never end by themselves."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


if __name__ == "__main__":
    sys.exit(main())
