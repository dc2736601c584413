"""redis-backup in the toolbox, against a real Redis: every type comes back, and what was damaged is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers, eventually

pytestmark = pytest.mark.component

FILL = r"""
redis-cli -h redis FLUSHALL
for n in $(seq 300); do echo "SET charge:$n $((n * 7))"; done | redis-cli -h redis | sort | uniq -c
redis-cli -h redis HSET h a 1 b 2 c 3
redis-cli -h redis RPUSH l a b c b
redis-cli -h redis SADD s a b c d
redis-cli -h redis ZADD z 1 a 2.5 b
redis-cli -h redis XADD x '*' field value
redis-cli -h redis SET short lived EX 3600
redis-cli -h redis -n 3 SET elsewhere 1
"""


@pytest.fixture(scope="module")
def toolbox(containers: Containers) -> Iterator[DockerContainer]:
    """A toolbox on one network with two Redis, `redis` and `target`."""
    with (
        containers.start("redis", writable=["/data"]),
        containers.start("redis", alias="target", writable=["/data"]),
        containers.start("toolbox", command=["sleep", "300"], writable=["/tmp", "/home/oncall"]) as it,  # noqa: S108
    ):
        for host in ("redis", "target"):
            eventually(lambda host=host: run(it, f"redis-cli -h {host} ping")[0] == 0)  # type: ignore[misc]
        assert run(it, FILL)[0] == 0
        code, said = run(it, "redis-backup --json save --host redis --out good.rdb")
        assert code == 0, said
        yield it


def run(toolbox: DockerContainer, line: str) -> tuple[int, str]:
    """Exit code and output of one line of bash."""
    code, output = toolbox.exec(["bash", "-euo", "pipefail", "-c", f"cd; {line}"])
    return int(code), str(output, "utf-8")


def report(toolbox: DockerContainer, line: str, code: int) -> dict[str, Any]:
    """What the tool says as JSON, after it ended with this exit code."""
    ended, output = run(toolbox, f"redis-backup --json {line}")
    assert ended == code, output
    said: dict[str, Any] = json.loads(output)
    return said


def test_a_good_backup_is_restored_and_compared(toolbox: DockerContainer) -> None:
    said = report(toolbox, "verify good.rdb", 0)
    assert (said["keys"], said["lasting"], said["wrong"]) == (307, 306, [])


@pytest.mark.parametrize(
    "damage",
    [
        "head -c 900 good.rdb > bad.rdb",
        ": > bad.rdb",
        "cp good.rdb bad.rdb; printf XXXX | dd of=bad.rdb bs=1 seek=700 conv=notrunc",
        "echo 'not a backup' > bad.rdb",
    ],
)
def test_a_damaged_file_is_found(toolbox: DockerContainer, damage: str) -> None:
    assert run(toolbox, f"{damage}; cp good.rdb.json bad.rdb.json")[0] == 0
    assert report(toolbox, "verify bad.rdb", 1)["wrong"]


def test_a_sound_file_of_another_moment_is_found(toolbox: DockerContainer) -> None:
    """It loads, and its own checksum is right; only what was written down tells."""
    assert run(toolbox, "redis-cli -h target SET charge:1 7; redis-cli -h target --rdb bad.rdb")[0] == 0
    assert run(toolbox, "cp good.rdb.json bad.rdb.json; redis-cli -h target FLUSHALL")[0] == 0
    told = report(toolbox, "verify bad.rdb", 1)["wrong"]
    assert any("lasting keys: 1, written down was 306" in one for one in told)


def test_a_restore_brings_everything_and_leaves_what_is_there(toolbox: DockerContainer) -> None:
    assert run(toolbox, "redis-cli -h target FLUSHALL; redis-cli -h target SET charge:5 newer")[0] == 0
    said = report(toolbox, "restore good.rdb --host target", 0)
    assert (said["written"], said["there"]) == (306, 1)
    assert run(toolbox, "redis-cli -h target GET charge:5")[1].strip() == "newer"
    assert run(toolbox, "redis-cli -h target LRANGE l 0 -1 | paste -sd,")[1].strip() == "a,b,c,b"
    assert int(run(toolbox, "redis-cli -h target TTL short")[1]) > 3000
    assert run(toolbox, "redis-cli -h target -n 3 GET elsewhere")[1].strip() == "1"
    said = report(toolbox, "restore good.rdb --host target --replace", 0)
    assert (said["written"], said["there"]) == (307, 0)
    assert run(toolbox, "redis-cli -h target GET charge:5")[1].strip() == "35"


def test_a_target_that_takes_nothing_could_not_be_tried(toolbox: DockerContainer) -> None:
    line = "redis-cli -h target FLUSHALL; redis-cli -h target CONFIG SET min-replicas-to-write 1"
    assert run(toolbox, line)[0] == 0
    try:
        code, said = run(toolbox, "redis-backup restore good.rdb --host target")
        assert (code, "NOREPLICAS" in said) == (2, True), said
    finally:
        run(toolbox, "redis-cli -h target CONFIG SET min-replicas-to-write 0")
