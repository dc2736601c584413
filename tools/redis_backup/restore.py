"""From one Redis into another, key by key, while the other serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.redis_backup.client import AT_ONCE, Client, Refused
from tools.redis_backup.content import databases, keys

_THERE = "BUSYKEY"


@dataclass(frozen=True)
class Copied:
    """How many keys were written, and how many were there already and left alone."""

    written: int
    there: int


def copy(source: Client, target: Client, *, replace: bool) -> Copied:
    """Copy every key with its lifetime.

    Args:
        source: the Redis that loaded the backup.
        target: the one that is restored.
        replace: write over keys that are there; otherwise what is there is newer than the backup and stays.

    Raises:
        BadInput: the target refuses a key: it is a replica, it has no memory left, it is older than the backup.
    """
    written = there = 0
    for number in databases(source):
        for client in (source, target):
            client.ask("SELECT", number)
        names = keys(source)
        for start in range(0, len(names), AT_ONCE):
            answers = target.ask_all(_commands(source, names[start : start + AT_ONCE], replace))
            refused = [one for one in answers if isinstance(one, Refused) and not str(one).startswith(_THERE)]
            if refused:
                raise BadInput(f"Redis at {target.place} refuses a key: {refused[0]}")
            busy = sum(isinstance(one, Refused) for one in answers)
            there, written = there + busy, written + len(answers) - busy
    return Copied(written, there)


def _commands(source: Client, names: list[bytes], replace: bool) -> list[tuple[Any, ...]]:
    dumps = source.ask_all([("DUMP", name) for name in names])
    lifetimes = source.ask_all([("PTTL", name) for name in names])
    over = ("REPLACE",) if replace else ()
    return [
        ("RESTORE", name, max(lifetime, 0), dump, *over)
        for name, dump, lifetime in zip(names, dumps, lifetimes, strict=True)
        if dump is not None and lifetime != -2
    ]
