"""A Redis of its own that loads a backup, reachable by nobody else, and gone afterwards."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bad_input import BadInput
from tools.redis_backup.client import Client

LOADS_WITHIN_S = 120.0
_SAID = 300


class NotRestorable(Exception):
    """Redis does not load the file; the message is Redis' own."""


@contextmanager
def scratch(backup: Path, program: str = "redis-server") -> Iterator[Client]:
    """A Redis that has loaded an RDB file. It never writes to it.

    Args:
        backup: the file.
        program: Redis' server, of the source's version or a newer one.

    Raises:
        NotRestorable: it does not load the file.
        BadInput: there is no such program, or it does not come up within two minutes.
    """
    with tempfile.TemporaryDirectory(prefix="redis-backup-") as folder:
        # A copy of the name alone: the server finds its file in the folder that it works in.
        (Path(folder) / "dump.rdb").symlink_to(backup.resolve())
        log, place = Path(folder) / "log", Path(folder) / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(place), "--dir", folder, "--dbfilename", "dump.rdb"]
        options += ["--save", "", "--appendonly", "no", "--loglevel", "notice"]
        try:
            with log.open("wb") as out:
                server = subprocess.Popen([program, *options], stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise BadInput(f"{program} cannot be started: {error}") from error
        try:
            client = _loaded(server, place, log)
            try:
                yield client
            finally:
                client.close()
        finally:
            server.kill()
            server.wait()


def _loaded(server: subprocess.Popen[bytes], place: Path, log: Path) -> Client:
    deadline = time.monotonic() + LOADS_WITHIN_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NotRestorable(_said(log))
        if place.exists():
            client = _connected(place)
            if client is not None:
                return client
        time.sleep(0.05)
    raise BadInput(f"Redis did not load the file within {LOADS_WITHIN_S:g} s: {_said(log)}")


def _connected(place: Path) -> Client | None:
    """A connection once it has loaded the file; it listens earlier, and refuses everything until then."""
    try:
        client = Client(place)
        client.ask("PING")
    except BadInput:
        return None
    return client


def _said(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    # After an error in the middle of a file Redis goes on with statistics.
    telling = [line for line in lines if "error" in line.lower() or "signature" in line]
    return " / ".join(telling[-3:] or lines[-3:])[-_SAID:] or "it said nothing"
