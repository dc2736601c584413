"""A keeper beside a real PostgreSQL: paused with its server for longer than its lease, and then continued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import ExecStatus
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers, eventually

pytestmark = pytest.mark.component

PASSWORD = "secret"
DATA = "/var/lib/postgresql/data"
SCRATCH = ["/tmp", "/var/run/postgresql"]  # noqa: S108 - the container's own
SECONDS = 3
WAITS = 124
"""What `timeout` ends with."""
MEMBER = [
    "--name=m",
    "--data-dir=/data/m",
    "--listen-client-urls=http://0.0.0.0:2379",
    "--advertise-client-urls=http://etcd:2379",
    "--listen-peer-urls=http://127.0.0.1:2380",
    "--initial-advertise-peer-urls=http://127.0.0.1:2380",
    "--initial-cluster=m=http://127.0.0.1:2380",
]
CREDENTIALS = {"PGUSER": "postgres", "PGPASSWORD": PASSWORD, "PGDATABASE": "shop"}


def ask(server: DockerContainer, sql: str) -> str:
    """The first value of an answer, as text; empty where there is none to be had."""
    place = f"{server.get_container_host_ip()}:{server.get_exposed_port(5432)}"
    try:
        with psycopg.connect(f"postgresql://postgres:{PASSWORD}@{place}/shop", connect_timeout=2) as session:
            row = session.execute(sql.encode()).fetchone()
    except psycopg.OperationalError:
        return ""
    return str(row[0]) if row else ""


@pytest.fixture
def site(containers: Containers, volume: str, tmp_path: Path) -> Iterator[dict[str, DockerContainer]]:
    """A primary in the east with its keeper, synchronous with a replica in the west, and an etcd."""
    tmp_path.chmod(0o755)
    sql = "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicator'; CREATE TABLE t (i int);"
    (tmp_path / "1.sql").write_text(sql, encoding="utf-8")
    lease = {"ETCD": "etcd:2379", "LEASE_SECONDS": str(SECONDS), "FIRST": "east", "PRIMARY_LEASE_SECONDS": str(SECONDS)}
    with ExitStack() as stack:
        stack.enter_context(containers.start("etcd", command=MEMBER, writable=["/data"]))
        east = stack.enter_context(
            containers.start(
                "postgres",
                ports=[5432],
                alias="east",
                env={"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "shop"},
                command=["-c", "synchronous_standby_names=west"],
                files={tmp_path: "/initdb.d"},
                writable=SCRATCH,
                volumes={volume: DATA},
            )
        )
        keeper = stack.enter_context(
            containers.start(
                "failover",
                entrypoint=["python3", "-m", "failover.keeper"],
                env={**CREDENTIALS, **lease, "IDENTITY": "east", "PGDATA": f"{DATA}/pgdata"},
                volumes={volume: DATA},
                beside=east,
            )
        )
        west = stack.enter_context(
            containers.start(
                "postgres",
                ports=[5432],
                alias="west",
                env={"POSTGRES_PRIMARY": "east", "REPLICATION_PASSWORD": "replicator"},
                command=["-c", "cluster_name=west"],
                writable=[*SCRATCH, DATA],
            )
        )
        claimer = stack.enter_context(
            containers.start(
                "failover", entrypoint=["tail", "-f", "/dev/null"], alias="claimer", env={**CREDENTIALS, **lease}
            )
        )
        streams = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        eventually(lambda: ask(east, streams) == "1", 60)
        yield {"east": east, "keeper": keeper, "west": west, "claimer": claimer}


def test_a_holder_that_was_paused_and_goes_on_acknowledges_nothing(site: dict[str, DockerContainer]) -> None:
    east, keeper, west, claimer = (site[name] for name in ("east", "keeper", "west", "claimer"))
    # It ends with 1 where it is refused; where it has the lease it waits for a keeper, which the west has not here.
    claim = ["timeout", "3", "python3", "-m", "failover.keeper.claim", "west"]
    place = f"{east.get_container_host_ip()}:{east.get_exposed_port(5432)}"
    with psycopg.connect(f"postgresql://postgres:{PASSWORD}@{place}/shop", autocommit=True) as session:
        session.execute("INSERT INTO t VALUES (1)")
        code, said = claimer.exec(claim)
        assert code == 1
        assert b"east holds the lease" in said
        frozen = [one.get_wrapped_container() for one in (keeper, east)]
        for one in frozen:
            one.pause()
        # It lies in the server's socket, and is the first thing that the server reads when it goes on.
        session.pgconn.send_query(b"INSERT INTO t VALUES (2)")
        session.pgconn.flush()
        eventually(lambda: claimer.exec(claim)[0] == WAITS, 20)
        assert ask(west, "SELECT pg_promote()") == "True"
        assert ask(west, "INSERT INTO t VALUES (3) RETURNING i") == "3"
        for one in reversed(frozen):  # the server first: its keeper may come too late
            one.unpause()
        answer = session.pgconn.get_result()
        assert answer is None or answer.status != ExecStatus.COMMAND_OK, "a paused holder acknowledged a write"
    stopped = east.get_wrapped_container()
    eventually(lambda: stopped.reload() or stopped.status == "exited")
    stopped.start()
    eventually(lambda: ask(east, "SELECT pg_is_in_recovery()") == "True")
