"""SQL as the database's superuser."""

from __future__ import annotations

from experiments.model.actions import Step


def execute(title: str, statement: str, *, namespace: str, service: str = "postgres", database: str = "shop") -> Step:
    """Execute one statement, committed at once.

    Args:
        title: what it does to the system, in words.
        statement: one SQL statement.
        namespace: one of the scenario's own.
        service: the Postgres Service.
        database: its database.
    """
    return Step(
        title=title,
        module="experiments.actions.sql",
        function="execute",
        arguments={"namespace": namespace, "service": service, "database": database, "statement": statement},
    )
