"""`python -m drills.server RUN_FOLDER`: serve the page of one drill until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.errors import FiredrillError, HostNotReady, UsageError
from drills.server.access import EVERY_ADDRESS, Access, read_tokens
from drills.server.app import create_app
from experiments.record.drill import FOLDER
from experiments.record.writing import write_text


class PageFile(BaseModel):
    """page.json: where the page of a drill is served, and by which process."""

    model_config = ConfigDict(extra="forbid")
    url: str
    pid: int


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code.

    Port 0 is the one of the last time where that is free, so that open pages find a server that was started again;
    else any. The address is written to `<run>/drill/page.json`; nothing is printed but why it could not start.
    """
    parser = argparse.ArgumentParser(prog="python -m drills.server", description=__doc__)
    parser.add_argument("run", type=Path, help="the run folder")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=Path, help="JSON with a token for each role; needed beyond loopback")
    given = parser.parse_args(arguments)
    try:
        access = Access.on(given.host, read_tokens(given.tokens) if given.tokens else ())
        listening = listen(given.host, given.port, given.run)
        asyncio.run(serve(given.run, access, listening))
    except FiredrillError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def listen(host: str, port: int, run: Path) -> socket.socket:
    """A socket that listens.

    Raises:
        HostNotReady: the port is taken.
        UsageError: there is no such address here.
    """
    last = _last_port(run) if port == 0 else None
    for one in [last, 0] if last else [port]:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            found = socket.create_server((host, one), family=family, backlog=128)
        except socket.gaierror as error:
            raise UsageError(f"{host} is no address of this machine: {error.strerror}") from error
        except OSError as error:
            if one == last:
                continue
            raise HostNotReady(
                f"{host}:{one} cannot be listened on: {error.strerror}", "choose another --port"
            ) from error
        return found
    raise AssertionError("the last of the ports either listens or raises")


async def serve(run: Path, access: Access, listening: socket.socket) -> None:
    """Serve on a listening socket until the process is told to stop.

    Raises:
        NotWritten: nobody could find the page, since its address could not be written.
    """
    app = create_app(run, access)
    # The address line of a request may hold a token: nothing is logged.
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2))

    def stop() -> None:
        app.state.watch.stop()
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop)
    write_text(run / FOLDER / "page.json", json.dumps({"url": url(listening), "pid": os.getpid()}) + "\n")
    await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """One that leaves signals to `serve`, which ends the streams first: they would never end by themselves."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def url(listening: socket.socket) -> str:
    """The address of the page, for this machine where it listens on all."""
    host, port = listening.getsockname()[:2]
    if host in EVERY_ADDRESS:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _last_port(run: Path) -> int | None:
    try:
        last = PageFile.model_validate_json((run / FOLDER / "page.json").read_bytes())
        return int(last.url.rstrip("/").rpartition(":")[2])
    except (OSError, ValidationError, ValueError):
        return None


if __name__ == "__main__":
    sys.exit(main())
