"""What clients and operators do to PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from experiments.model.actions import Step
from experiments.model.base import seconds

_MODULE = "experiments.actions.postgres"
LONGEST_S = 3600.0
MOST_CONNECTIONS = 500
LOCK_MODES = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
"""https://www.postgresql.org/docs/17/explicit-locking.html#LOCKING-TABLES"""


@dataclass(frozen=True)
class Lock:
    """A lock: its name in words, and the statement that takes it until the transaction ends."""

    title: str
    statement: str


_NAME = re.compile(r"[a-z]([a-z0-9-]{0,60}[a-z0-9])?")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")


def hold_connections(
    connections: int,
    *,
    lasts: str | float,
    namespace: str,
    in_transaction: bool = False,
    client: str = "report-export",
    user: str = "shop",
    service: str = "postgres",
    database: str = "shop",
    within: str | float = 30.0,
) -> Step:
    """Hold connections open, as a client that leaks them does; where none is left, the next free one is taken.

    Args:
        connections: how many, at most 500.
        lasts: seconds until all are closed, at most an hour.
        namespace: one of the scenario's own, that of the Service.
        in_transaction: each with an open transaction in which nothing happens.
        client: the name of the pod and the connections' application_name; the on-call engineer sees it.
        user: who connects; the password is in the Secret `postgres-<user>`, or `postgres` for the superuser.
        service: the Postgres Service.
        database: its database.
        within: seconds until all have to be held.

    Raises:
        ValueError: a number is out of bounds, or `client` cannot name a pod.
    """
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise ValueError(f"{connections} connections: write 1 to {MOST_CONNECTIONS}")
    return _hold(
        f"hold {connections} connections of {service}" + (" in open transactions" if in_transaction else ""),
        (namespace, service, database, user),
        client=client,
        connections=connections,
        statement="SELECT 1" if in_transaction else "",
        lasts_s=seconds(lasts),
        within_s=seconds(within),
    )


def hold_lock(
    lock: Lock,
    *,
    lasts: str | float,
    namespace: str,
    client: str = "schema-migration",
    user: str = "postgres",
    service: str = "postgres",
    database: str = "shop",
    within: str | float = 30.0,
) -> Step:
    """Hold a lock in an open transaction, as a client that hangs before its COMMIT does.

    Args:
        lock: what `table`, `rows` or `advisory` says.
        lasts: seconds until it is released, at most an hour.
        namespace: one of the scenario's own, that of the Service.
        client: see `hold_connections`.
        user: who locks; needs the right to.
        service: the Postgres Service.
        database: its database.
        within: seconds until the lock has to be held.

    Raises:
        ValueError: `lasts` is out of bounds, or `client` cannot name a pod.
    """
    return _hold(
        f"lock {lock.title}",
        (namespace, service, database, user),
        client=client,
        connections=1,
        statement=lock.statement,
        lasts_s=seconds(lasts),
        within_s=seconds(within),
    )


def table(name: str, mode: str = "ACCESS EXCLUSIVE") -> Lock:
    """A whole table, as a migration locks it.

    Args:
        name: the table, with its schema where it needs one.
        mode: as LOCK TABLE writes it.

    Raises:
        ValueError: no table has such a name, or there is no such mode.
    """
    if mode not in LOCK_MODES:
        raise ValueError(f"{mode!r} is no lock mode of a table; there are {', '.join(LOCK_MODES)}")
    return Lock(f"{name} in {mode} mode", f"LOCK TABLE {_table(name)} IN {mode} MODE")


def rows(name: str, where: str) -> Lock:
    """Rows of a table, as an UPDATE locks them.

    Args:
        name: the table, with its schema where it needs one.
        where: which rows, as after WHERE: `id <= 10`.

    Raises:
        ValueError: no table has such a name.
    """
    statement = f"SELECT 1 FROM {_table(name)} WHERE {where} FOR UPDATE"  # noqa: S608 - the author's own SQL
    return Lock(f"the rows of {name} where {where}", statement)


def advisory(key: int) -> Lock:
    """An advisory lock, as the leader among several jobs holds it."""
    return Lock(f"the advisory lock {key}", f"SELECT pg_advisory_xact_lock({key:d})")


def stop_replay(*, namespace: str, service: str = "postgres-replica") -> Step:
    """Stop a streaming replica from replaying what it receives: it answers, and what it answers grows old.

    Args:
        namespace: one of the scenario's own.
        service: the replica's Service; see `fixtures/postgres-replica`.
    """
    return Step(
        title=f"stop the replay of {service} in {namespace}",
        module=_MODULE,
        function="stop_replay",
        arguments={"namespace": namespace, "service": service},
    )


def _table(name: str) -> str:
    if not _TABLE.fullmatch(name):
        raise ValueError(f"{name!r} names no table")
    return name


def _hold(
    title: str,
    place: tuple[str, str, str, str],
    *,
    client: str,
    connections: int,
    statement: str,
    lasts_s: float,
    within_s: float,
) -> Step:
    namespace, service, database, user = place
    if not 0 < lasts_s <= LONGEST_S:
        raise ValueError(f"{lasts_s:g} s is out of bounds: more than 0 and at most {LONGEST_S:g} s")
    if not _NAME.fullmatch(client):
        raise ValueError(f"{client!r} cannot name a pod; use lower-case letters, digits and dashes")
    return Step(
        title=f"{title} in {namespace} for {lasts_s:g} s",
        module=_MODULE,
        function="hold",
        arguments={
            "namespace": namespace,
            "service": service,
            "database": database,
            "user": user,
            "client": client,
            "connections": connections,
            "statement": statement,
            "lasts_s": lasts_s,
            "within_s": within_s,
        },
    )
