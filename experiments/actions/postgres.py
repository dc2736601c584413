"""What clients and operators do to PostgreSQL: hold connections and locks, stop a replica's replay."""

from __future__ import annotations

from cluster import manifests
from cluster.errors import LabError
from cluster.images.tags import references
from experiments.actions.objects import refuse_outside
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually
from fixtures.postgres_client import HolderSpec, render

_PAUSED_WITHIN_S = 10.0


def hold(
    namespace: str,
    service: str,
    database: str,
    user: str,
    client: str,
    connections: int,
    statement: str,
    lasts_s: float,
    within_s: float,
    configuration: Configuration,
) -> None:
    """Start a pod that holds connections, and what a statement took on each of them; wait until it holds all.

    It gives everything back after `lasts_s`, and goes with the run.

    Args:
        namespace: one of the run's own, that of the Service.
        service: the Postgres Service.
        database: its database.
        user: who connects; the password is in the Secret `postgres-<user>`, or `postgres` for the superuser.
        client: the pod's name, and the application_name of its connections.
        connections: how many.
        statement: executed in a transaction that stays open; empty for none.
        lasts_s: seconds from the first connection until all are closed.
        within_s: seconds until all have to be held.

    Raises:
        LabError: the namespace is not the run's own, or the pod failed; the message ends with its log.
        CommandFailed: the API server refuses the pod.
        ConditionTimedOut: not all were held in time.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    pod = render(HolderSpec(client, namespace, service, database, user, connections, statement, lasts_s))
    names = references(session.handle.lab.root)
    session.handle.kubectl("create", "-f", "-", stdin=manifests.pin(manifests.to_yaml([pod]), names), timeout_s=20)
    eventually(lambda: _holds(session, namespace, client), what=f"{client} holds what it is to", within_s=within_s)


def stop_replay(namespace: str, service: str, configuration: Configuration) -> None:
    """Stop a streaming replica from replaying what it receives, and wait until it stands still.

    Args:
        namespace: one of the run's own.
        service: the replica's Service.

    Raises:
        LabError: the namespace is not the run's own, or the server is no replica.
        ConditionTimedOut: it goes on replaying.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    session.sources.execute(namespace, service, "postgres", "SELECT pg_wal_replay_pause()")

    def look() -> Seen[bool]:
        state = session.sources.sql(namespace, service, "postgres", "SELECT pg_get_wal_replay_pause_state()")
        return Seen(True if state == "paused" else None, state)

    eventually(look, what=f"the replica {service} in {namespace} is paused", within_s=_PAUSED_WITHIN_S)


def _holds(session: Session, namespace: str, client: str) -> Seen[bool]:
    api = core(session.handle)
    pod = api.read_namespaced_pod(client, namespace, _request_timeout=TIMEOUT_S)
    if pod.status.phase in ("Failed", "Succeeded"):
        log = api.read_namespaced_pod_log(client, namespace, tail_lines=5, _request_timeout=TIMEOUT_S)
        raise LabError(f"The client {client} in {namespace} ended before it held everything: {log.strip()}")
    ready = any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions or [])
    return Seen(True if ready else None, f"the pod {client} is {pod.status.phase} and does not hold everything yet")
