"""etcd-maintain on three real members, from NOSPACE back to writes; in a toolbox, with the lab's etcd beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from testcontainers.core.container import DockerContainer

from cluster.binaries import build as binaries
from cluster.progress import Progress
from tests.component.images.containers import Containers, eventually

pytestmark = pytest.mark.component

QUOTA = 16 * 1024 * 1024
PORTS = (2379, 2479, 2579)
PEERS = ",".join(f"m{port}=http://127.0.0.1:{port + 1}" for port in PORTS)


def bash(toolbox: DockerContainer, line: str) -> tuple[int, str]:
    """Exit code and both streams of one line of bash."""
    code, output = toolbox.exec(["bash", "-uo", "pipefail", "-c", line])
    return code, str(output, "utf-8")


def start(toolbox: DockerContainer, port: int) -> None:
    """Start a member in the background; it keeps its data."""
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    flags = (
        f"--name m{port} --data-dir /tmp/m{port} --quota-backend-bytes {QUOTA} --initial-cluster {PEERS} "
        f"--listen-client-urls {client} --advertise-client-urls {client} "
        f"--listen-peer-urls {peer} --initial-advertise-peer-urls {peer}"
    )
    code, said = bash(toolbox, f"nohup etcd {flags} >/tmp/m{port}.log 2>&1 & echo $! > /tmp/m{port}.pid")
    assert code == 0, said


@pytest.fixture
def toolbox(containers: Containers) -> Iterator[DockerContainer]:
    """A toolbox with three members on its loopback, all of them well."""
    etcd = binaries.ensure(containers.lab, ["etcd"], Progress(containers.lab.logs))["etcd"]
    with containers.start(
        "toolbox",
        command=["sleep", "180"],
        writable=["/tmp"],  # noqa: S108 - the container's own
        files={etcd: "/usr/local/bin/etcd"},
        env={"ETCDCTL_ENDPOINTS": f"http://127.0.0.1:{PORTS[0]}"},
    ) as it:
        for port in PORTS:
            start(it, port)
        eventually(lambda: bash(it, "etcdctl endpoint health --cluster")[0] == 0)
        yield it


def test_a_full_cluster_takes_writes_again(toolbox: DockerContainer) -> None:
    code, said = bash(
        toolbox,
        "head -c 400000 /dev/urandom | base64 -w0 > /tmp/value; "
        "for n in $(seq 60); do etcdctl put key < /tmp/value || exit 1; done",
    )
    assert code == 1 and "database space exceeded" in said
    code, said = bash(toolbox, "etcd-maintain --status")
    assert code == 1 and "NOSPACE" in said
    leader = next(line.split()[0] for line in said.splitlines() if " leader " in line)

    code, said = bash(toolbox, "etcd-maintain")
    assert code == 0, said
    order = [line.split()[1].rstrip(",") for line in said.splitlines() if line.startswith("defragmented")]
    assert (len(set(order)), order[-1]) == (3, leader)
    assert "disarmed NOSPACE" in said
    assert bash(toolbox, "etcdctl put key again")[0] == 0
    code, said = bash(toolbox, "etcd-maintain --json")
    assert code == 0 and json.loads(said)["wrong"] == []


def test_nothing_is_touched_while_a_member_is_down(toolbox: DockerContainer) -> None:
    size = "etcdctl endpoint status --write-out=json | jq '.[0].Status.dbSize'"
    bash(toolbox, f"kill $(cat /tmp/m{PORTS[2]}.pid)")
    eventually(lambda: bash(toolbox, "etcdctl endpoint health --cluster")[0] != 0)
    before = bash(toolbox, size)
    code, said = bash(toolbox, "etcd-maintain --limit 3")
    assert code == 2 and f"127.0.0.1:{PORTS[2]}" in said
    assert bash(toolbox, size) == before
    start(toolbox, PORTS[2])
    eventually(lambda: bash(toolbox, "etcd-maintain --status")[0] == 0)
