"""SQL as the database's superuser."""

from __future__ import annotations

from experiments.actions.objects import refuse_outside
from experiments.play.played import Configuration
from experiments.play.session import session_of


def execute(namespace: str, service: str, database: str, statement: str, configuration: Configuration) -> None:
    """Execute one statement, committed at once.

    Args:
        namespace: one of the run's own.
        service: the Postgres Service.
        database: its database.
        statement: one SQL statement.

    Raises:
        LabError: the namespace is not the run's own, or Postgres cannot be reached or refuses.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    session.sources.execute(namespace, service, database, statement)
