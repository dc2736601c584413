"""Asking the replica for the last heartbeat that it has replayed, by the user's own psql."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from tools.bad_input import BadInput

FIELDS = 3

QUERY = (
    'SELECT pg_is_in_recovery(), extract(epoch FROM max(:"moment")), extract(epoch FROM clock_timestamp())'
    ' FROM :"relation"'
)
"""Is it a replica, when was its newest heartbeat written, what does its clock say? psql quotes the two names."""


@dataclass(frozen=True)
class Unknown:
    """The replica could not be asked, or its answer cannot be read; `why` says it in words."""

    why: str


@dataclass(frozen=True)
class Answer:
    """What the replica said, as text.

    Args:
        recovery: `t` on a replica.
        beat: when the last heartbeat that it has was written (epoch seconds); empty where it has none.
        now: its own clock (epoch seconds).
    """

    recovery: str
    beat: str
    now: str


def ask(psql: str, connection: list[str], table: str, column: str, timeout_s: float) -> Answer | Unknown:
    """Ask once.

    Args:
        psql: the program.
        connection: its connection options; a password comes by libpq's own ways (PGPASSWORD, a password file).
        table: the heartbeat table.
        column: its column with the moment of the beat.
        timeout_s: seconds until the answer is given up.

    Raises:
        BadInput: there is no such program.
    """
    settings = {"PGCONNECT_TIMEOUT": str(max(2, round(timeout_s))), "PGAPPNAME": "check-failover"}
    # Unaligned, tuples only, no psqlrc: without these psql prints a table, and a table is no number.
    command = [psql, "-tAXq", "-F", "|", "-v", "ON_ERROR_STOP=1", "-v", f"relation={table}", "-v", f"moment={column}"]
    try:
        done = subprocess.run(
            [*command, *connection, "-f", "-"],  # psql replaces variables in what it reads, not in what -c brings
            input=QUERY,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, **settings},
        )
    except FileNotFoundError as error:
        raise BadInput(f"{psql} is not on the PATH") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        return Unknown(f"the replica gave no answer: {error}")
    if done.returncode != 0:
        return Unknown(f"the replica could not be asked: {' '.join(done.stderr.split())[-300:]}")
    fields = done.stdout.strip().split("|")
    if len(fields) != FIELDS:
        return Unknown(f"the replica's answer cannot be read: {done.stdout.strip()[:200]!r}")
    return Answer(*(field.strip() for field in fields))
