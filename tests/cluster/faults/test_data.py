"""Faults of data: what PostgreSQL, Redis and volumes do to those who use them, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import CommandFailed
from firedrill.faults import cache, postgres, sql, volumes
from tests.cluster.faults import victims
from tests.cluster.faults.open_run import NAMESPACE, OpenRun
from tests.cluster.workshop import eventually

pytestmark = pytest.mark.nightly

COUNT = "SELECT count(*) FROM product"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
HELD = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'report-export' AND state = 'idle in transaction'
"""


def test_sql_is_committed(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/postgres")
    run.strike(sql.execute("no stock", "UPDATE product SET stock = 0; DELETE FROM product", namespace=NAMESPACE))
    assert _shop(run, COUNT) == "0"
    with pytest.raises(ActivityFailed, match="no_such_table"):
        run.strike(sql.execute("nonsense", "DELETE FROM no_such_table", namespace=NAMESPACE))


def test_held_connections_leave_none_to_the_shop_until_their_time_is_over(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/postgres")
    assert _shop(run, COUNT) == "300"
    free = 54 - 3 - int(_psql(run, "postgres", OTHERS))  # the exporter's may be open or not
    run.strike(postgres.hold_connections(free, lasts="12s", namespace=NAMESPACE, in_transaction=True))
    assert run.session.sources.sql(NAMESPACE, "postgres", "shop", HELD) == str(free)
    with pytest.raises(CommandFailed, match="remaining connection slots are reserved"):
        _shop(run, COUNT)
    eventually(lambda: _answers(run))
    assert eventually(lambda: run.room.get("pod", "report-export")["status"]["phase"] != "Running")


def test_a_held_lock_stops_readers_until_it_is_released(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/postgres")
    run.strike(postgres.hold_lock(postgres.table("product"), lasts="6s", namespace=NAMESPACE))
    with pytest.raises(CommandFailed, match="lock timeout"):
        _shop(run, f"SET lock_timeout = '300ms'; {COUNT}")
    eventually(lambda: _answers(run))

    run.strike(
        postgres.hold_lock(postgres.rows("product", "id <= 10"), lasts="60s", namespace=NAMESPACE, client="correction")
    )
    run.strike(postgres.hold_lock(postgres.advisory(7), lasts="60s", namespace=NAMESPACE, client="leader"))
    update = "SET lock_timeout = '300ms'; UPDATE product SET stock = 1 WHERE id = %d"
    with pytest.raises(CommandFailed, match="lock timeout"):
        _psql(run, "postgres", update % 10)
    _psql(run, "postgres", update % 11)
    assert _shop(run, "SELECT pg_try_advisory_lock(7)") == "f"
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('correction', 'leader')"
    _psql(run, "postgres", ended)
    _psql(run, "postgres", update % 10)


def test_a_replica_that_does_not_replay_grows_old_until_it_goes_on(run: OpenRun) -> None:
    victims.fixture(run, "tests/cluster/faults/replicated")
    assert _on_replica(run, COUNT) == "300"
    with pytest.raises(ActivityFailed, match="recovery is not in progress"):
        run.strike(postgres.stop_replay(namespace=NAMESPACE, service="postgres"))
    run.strike(postgres.stop_replay(namespace=NAMESPACE))
    run.strike(sql.execute("sell out", "DELETE FROM product WHERE id > 100", namespace=NAMESPACE))
    behind = "SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()"
    eventually(lambda: _on_replica(run, behind) == "True")
    assert (_on_replica(run, COUNT), _shop(run, COUNT)) == ("300", "100")

    resume = "SELECT pg_wal_replay_resume()"
    run.strike(sql.execute("resume", resume, namespace=NAMESPACE, service="postgres-replica"))
    eventually(lambda: _on_replica(run, COUNT) == "100")


def test_any_redis_command_is_carried_out_and_a_refusal_is_an_error(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/redis")
    run.strike(cache.command("SET", "product:1", "$${x}", namespace=NAMESPACE))
    assert _redis(run, "GET", "product:1") == "$${x}"
    run.strike(
        cache.command("CONFIG", "SET", "maxmemory", "1mb", "maxmemory-policy", "noeviction", namespace=NAMESPACE)
    )
    assert _redis(run, "CONFIG", "GET", "maxmemory").split() == ["maxmemory", "1048576"]
    with pytest.raises(ActivityFailed, match="unknown command"):
        run.strike(cache.command("NONSENSE", namespace=NAMESPACE))


def test_a_full_volume_takes_no_more_until_the_undo(run: OpenRun) -> None:
    _pod(run, {"emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}})
    run.strike(volumes.fill(NAMESPACE, "app=writer", "/data", percent=90))
    assert _per_cent(run) == 90
    assert _write(run), "1.6 MiB are left"
    run.strike(volumes.fill(NAMESPACE, "app=writer", "/data", file="trace"))
    assert not _write(run)
    assert len(run.undo().undone) == 2
    assert _write(run)


def test_a_loop_mounted_volume_is_filled_and_emptied(run: OpenRun) -> None:
    with _loop_mounted(run) as (node, folder):
        _pod(run, {"hostPath": {"path": folder}}, nodeName=node)
        assert _write(run)
        run.strike(volumes.fill(NAMESPACE, "app=writer", "/data"))
        assert _per_cent(run) == 100
        assert not _write(run)
        run.undo()
        assert _write(run)
        run.room.kubectl("delete", "pod", "writer", "--wait")


def test_the_hosts_disk_is_never_filled(run: OpenRun) -> None:
    _pod(run, {"emptyDir": {"sizeLimit": "16Mi"}})
    with pytest.raises(ActivityFailed, match="the host's disk"):
        run.strike(volumes.fill(NAMESPACE, "app=writer", "/data", percent=90))
    with pytest.raises(ActivityFailed, match="No volume is mounted at /data/folder"):
        run.strike(volumes.fill(NAMESPACE, "app=writer", "/data/folder", percent=90))
    assert not run.undo().undone


def _psql(run: OpenRun, user: str, query: str) -> str:
    """A query over the server's own socket, in a session of its own."""
    words = ("psql", "-U", user, "-d", "shop", "-Atqc", query)
    return run.room.kubectl("exec", "postgres-0", "-c", "postgres", "--", *words).strip()


def _shop(run: OpenRun, query: str) -> str:
    return _psql(run, "shop", query)


def _answers(run: OpenRun) -> bool:
    try:
        return _shop(run, f"SET lock_timeout = '300ms'; {COUNT}") == "300"
    except CommandFailed:
        return False


def _on_replica(run: OpenRun, query: str) -> str:
    return run.session.sources.sql(NAMESPACE, "postgres-replica", "shop", query)


def _redis(run: OpenRun, *words: str) -> str:
    return run.room.kubectl("exec", "deployment/redis", "-c", "redis", "--", "redis-cli", *words).strip()


def _pod(run: OpenRun, volume: dict[str, object], **spec: str) -> None:
    """A running pod `writer` with a volume at /data."""
    pod = run.room.pod("writer", "trap 'exit 0' TERM; while :; do sleep 1; done")
    pod["metadata"]["labels"] = {"app": "writer"}
    pod["spec"] |= {"volumes": [{"name": "data", **volume}], **spec}
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    run.room.apply(pod)
    eventually(lambda: run.room.get("pod", "writer")["status"]["phase"] == "Running")


def _write(run: OpenRun) -> bool:
    """Whether 256 KiB more fit; they are removed again."""
    script = "head -c 262144 /dev/zero > /data/more 2>/dev/null && echo written; rm -f /data/more"
    return run.room.kubectl("exec", "writer", "--", "bash", "-c", script).strip() == "written"


def _per_cent(run: OpenRun) -> int:
    listed = run.room.kubectl("exec", "writer", "--", "df", "--output=pcent", "/data")
    return int(listed.split()[-1].rstrip("%"))


@contextmanager
def _loop_mounted(run: OpenRun) -> Iterator[tuple[str, str]]:
    """A file system of 32 MiB in a file on a worker; the node and its folder."""
    name, folder, image = run.handle.nodes()[1], "/mnt/firedrill-test", "/var/firedrill-test.img"
    node = run.handle.node(name)
    make = f"truncate -s 32M {image} && mkfs.ext4 -q {image} && mkdir -p {folder} && mount -o loop {image} {folder}"
    made = node.exec_run(["bash", "-c", f"{make} && chmod 777 {folder}"])
    try:
        assert made.exit_code == 0, made.output
        yield name, folder
    finally:
        run.room.kubectl("delete", "pod", "writer", "--ignore-not-found", "--wait")
        gone = node.exec_run(["bash", "-c", f"umount {folder}; rm -rf {image} {folder}"])
        assert gone.exit_code == 0, gone.output
