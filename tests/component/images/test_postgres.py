"""The PostgreSQL image and its exporter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers, address, eventually, text

pytestmark = pytest.mark.component

PASSWORD = "secret"
ENV = {"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_DB": "shop"}
DATA = "/var/lib/postgresql/data"
SCRATCH = ["/tmp", "/var/run/postgresql"]  # noqa: S108


def query(container: DockerContainer, sql: str, password: str = PASSWORD) -> list[tuple[Any, ...]]:
    """Rows of one query, asked from outside."""
    place = f"{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"
    with psycopg.connect(f"postgresql://postgres:{password}@{place}/shop", connect_timeout=5) as session:
        return session.execute(sql.encode()).fetchall()


def answers(container: DockerContainer) -> bool:
    """Whether the server takes connections from outside."""
    try:
        return query(container, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def assert_products(container: DockerContainer, number: int) -> None:
    """Waits for the server and counts what the SQL files made."""
    eventually(lambda: answers(container))
    assert query(container, "SELECT count(*) FROM product") == [(number,)]


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """Two files that only work in this order."""
    tmp_path.chmod(0o755)
    (tmp_path / "1.sql").write_text("CREATE TABLE product (id int);", encoding="utf-8")
    (tmp_path / "2.sql").write_text("INSERT INTO product SELECT generate_series(1, 7);", encoding="utf-8")
    return tmp_path


def test_it_makes_its_cluster_runs_the_sql_and_takes_settings(containers: Containers, sql: Path) -> None:
    settings = ["-c", "max_connections=53", "-c", "shared_preload_libraries=pg_stat_statements"]
    with containers.start(
        "postgres", ports=[5432], env=ENV, command=settings, files={sql: "/initdb.d"}, writable=[*SCRATCH, DATA]
    ) as postgres:
        assert_products(postgres, 7)
        assert query(postgres, "SHOW max_connections") == [("53",)]
        assert query(postgres, "SHOW shared_preload_libraries") == [("pg_stat_statements",)]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            query(postgres, "SELECT 1", password="wrong")


def test_the_exporter_sees_it_go(containers: Containers) -> None:
    env = {
        "DATA_SOURCE_URI": "postgres:5432/shop?sslmode=disable",
        "DATA_SOURCE_USER": "postgres",
        "DATA_SOURCE_PASS": PASSWORD,
    }
    with containers.start("postgres-exporter", ports=[9187], env=env) as exporter:
        metrics = f"{address(exporter, 9187)}/metrics"
        with containers.start("postgres", ports=[5432], env=ENV, writable=[*SCRATCH, DATA]) as postgres:
            eventually(lambda: answers(postgres))
            eventually(lambda: "\npg_up 1\n" in text(metrics))
            assert "pg_settings_max_connections" in text(metrics)
        eventually(lambda: "\npg_up 0\n" in text(metrics))


def test_a_second_start_keeps_the_data_and_runs_no_sql(containers: Containers, sql: Path, volume: str) -> None:
    for _ in range(2):
        with containers.start(
            "postgres",
            ports=[5432],
            env=ENV,
            files={sql: "/initdb.d"},
            writable=SCRATCH,
            volumes={volume: DATA},
        ) as postgres:
            assert_products(postgres, 7)


def test_sql_that_fails_ends_the_container_and_leaves_no_half_made_cluster(
    containers: Containers, sql: Path, volume: str
) -> None:
    (sql / "2.sql").write_text("INSERT INTO nothing VALUES (1);", encoding="utf-8")

    def settings() -> dict[str, Any]:
        return {"env": ENV, "files": {sql: "/initdb.d"}, "writable": SCRATCH, "volumes": {volume: DATA}}

    with containers.start("postgres", **settings()) as postgres:
        ended = postgres.get_wrapped_container().wait(timeout=30)
        assert ended["StatusCode"] != 0
        assert b'relation "nothing" does not exist' in b"".join(postgres.get_logs())
    (sql / "2.sql").write_text("INSERT INTO product VALUES (1);", encoding="utf-8")
    with containers.start("postgres", ports=[5432], **settings()) as postgres:
        assert_products(postgres, 1)


def test_a_stop_is_clean_and_quick_while_clients_are_connected(containers: Containers) -> None:
    with containers.start("postgres", ports=[5432], env=ENV, writable=[*SCRATCH, DATA]) as postgres:
        eventually(lambda: answers(postgres))
        place = f"{postgres.get_container_host_ip()}:{postgres.get_exposed_port(5432)}"
        session = psycopg.connect(f"postgresql://postgres:{PASSWORD}@{place}/shop")
        session.execute("SELECT 1")
        postgres.get_wrapped_container().stop(timeout=10)
        with pytest.raises(psycopg.errors.AdminShutdown):
            session.execute("SELECT 1")
        ended = postgres.get_wrapped_container().wait(timeout=5)
        assert ended["StatusCode"] == 0
        assert b"database system is shut down" in b"".join(postgres.get_logs())


def test_a_replica_copies_its_primary_and_streams_from_it(containers: Containers, sql: Path) -> None:
    (sql / "3.sql").write_text("CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'copy';", encoding="utf-8")
    replica_env = {"POSTGRES_PRIMARY": "primary:5432", "REPLICATION_PASSWORD": "copy"}
    with (
        # The replica starts first: it waits for its primary.
        containers.start("postgres", ports=[5432], alias="replica", env=replica_env, writable=[*SCRATCH, DATA]) as copy,
        containers.start(
            "postgres",
            ports=[5432],
            alias="primary",
            env=ENV,
            files={sql: "/initdb.d"},
            writable=[*SCRATCH, DATA],
        ) as primary,
    ):
        assert_products(copy, 7)
        assert query(copy, "SELECT pg_is_in_recovery()") == [(True,)]
        assert query(primary, "SELECT state FROM pg_stat_replication") == [("streaming",)]
        query(primary, "INSERT INTO product VALUES (8) RETURNING id")
        eventually(lambda: query(copy, "SELECT count(*) FROM product") == [(8,)])
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            query(copy, "INSERT INTO product VALUES (9) RETURNING id")


def test_a_role_without_the_attribute_copies_nothing(containers: Containers) -> None:
    with containers.start("postgres", ports=[5432], env=ENV, writable=[*SCRATCH, DATA]) as postgres:
        eventually(lambda: answers(postgres))
        role = "psql -U postgres -qc \"CREATE ROLE shop LOGIN PASSWORD 'shop'\""
        stolen = "PGPASSWORD=shop pg_basebackup -h 127.0.0.1 -U shop -D /tmp/stolen"
        exit_code, said = postgres.get_wrapped_container().exec_run(["bash", "-c", f"{role} && {stolen}"])
        assert exit_code == 1
        assert b"permission denied to start WAL sender" in said
