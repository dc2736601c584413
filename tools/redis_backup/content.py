"""What a Redis holds, as digests that do not depend on how it keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.redis_backup.client import Client, Refused

_PAGE = 1000
_READ: Mapping[bytes, tuple[str, ...]] = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"list": ("LRANGE", "0", "-1"),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
    b"stream": ("XRANGE", "-", "+"),
}
"""Type -> the command that reads it whole, without the key, which comes second."""


@dataclass(frozen=True)
class Held:
    """One key: its value's SHA-256, and whether it has a lifetime."""

    digest: str
    expires: bool


Content = Mapping[bytes, Held]
"""Key, with its database in front where that is not 0 -> what it holds."""


def content(client: Client) -> dict[bytes, Held]:
    """Every key of every database.

    A hash and a set are compared as sets: in which order Redis gives their members out says nothing.

    Raises:
        BadInput: Redis refuses to be read, or keeps a type that cannot be compared.
    """
    found: dict[bytes, Held] = {}
    for number in databases(client):
        client.ask("SELECT", number)
        prefix = b"" if number == 0 else b"%d/" % number
        found |= {prefix + key: held for key, held in _database(client).items()}
    return found


def databases(client: Client) -> list[int]:
    """The databases that hold a key."""
    lines = client.ask("INFO", "keyspace").decode().splitlines()
    return sorted(int(line.removeprefix("db").partition(":")[0]) for line in lines if line.startswith("db"))


def keys(client: Client) -> list[bytes]:
    """Every key of the database that is selected."""
    found: dict[bytes, None] = {}
    cursor = b"0"
    while True:
        cursor, page = client.ask("SCAN", cursor, "COUNT", _PAGE)
        found.update(dict.fromkeys(page))
        if cursor == b"0":
            return list(found)


def whole(held: Content) -> str:
    """One digest of all keys that have no lifetime: the others may be gone by the time somebody compares."""
    digest = hashlib.sha256()
    for key, one in sorted(held.items()):
        if not one.expires:
            _add(digest, (key, one.digest.encode()))
    return digest.hexdigest()


def _database(client: Client) -> dict[bytes, Held]:
    names = keys(client)
    types = client.ask_all([("TYPE", name) for name in names])
    strange = sorted({kind.decode() for kind in types if kind not in _READ and kind != b"none"})
    if strange:
        raise BadInput(f"Redis at {client.place} keeps {', '.join(strange)}, which cannot be compared")
    there = [(name, kind) for name, kind in zip(names, types, strict=True) if kind != b"none"]
    asked: list[tuple[str | bytes | int, ...]] = [(_READ[kind][0], name, *_READ[kind][1:]) for name, kind in there]
    lifetimes = client.ask_all([("PTTL", name) for name, _ in there])
    values = client.ask_all(asked)
    found: dict[bytes, Held] = {}
    for (name, kind), lifetime, value in zip(there, lifetimes, values, strict=True):
        if isinstance(value, Refused) or isinstance(lifetime, Refused):
            continue  # another type by now: whoever writes meanwhile is not compared
        if value is not None and value != [] and lifetime != -2:
            found[name] = Held(_digest(kind, value), lifetime >= 0)
    return found


def _digest(kind: bytes, value: Any) -> str:
    digest = hashlib.sha256(kind)
    if kind == b"hash":
        value = [list(pair) for pair in sorted(zip(value[::2], value[1::2], strict=True))]
    elif kind == b"set":
        value = sorted(value)
    _add(digest, value)
    return digest.hexdigest()


def _add(digest: Any, value: bytes | Iterable[Any] | None) -> None:
    """Lengths stand before what they are of, so that no two values look alike."""
    if value is None:
        digest.update(b"-")
    elif isinstance(value, bytes):
        digest.update(b"$%d:" % len(value) + value)
    else:
        parts = list(value)
        digest.update(b"*%d:" % len(parts))
        for part in parts:
            _add(digest, part)
