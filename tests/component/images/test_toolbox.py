"""The toolbox image: every tool that a runbook may use starts as the on-call engineer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from testcontainers.core.container import DockerContainer

from tests.component.images.containers import Containers

pytestmark = pytest.mark.component


@pytest.fixture(scope="module")
def toolbox(containers: Containers) -> Iterator[DockerContainer]:
    """A toolbox that waits."""
    with containers.start("toolbox", command=["sleep", "120"], writable=["/tmp", "/home/oncall"]) as it:  # noqa: S108
        yield it


def said(toolbox: DockerContainer, line: str) -> str:
    """What one line of bash prints, both streams."""
    code, output = toolbox.exec(["bash", "-euo", "pipefail", "-c", line])
    printed = str(output, "utf-8")
    assert code == 0, printed
    return printed


@pytest.mark.parametrize(
    ("line", "prints"),
    [
        ("kubectl version --client", "Client Version: v1."),
        ("curl --version", "curl 8"),
        ("dig -v", "DiG 9"),
        ("echo '{\"a\": [1, 2]}' | jq -c .a", "[1,2]"),
        ("promtool --version", "promtool, version 2"),
        ("amtool --version", "amtool, version 0"),
        ("psql --version", "psql (PostgreSQL) 17"),
        ("redis-cli --version", "redis-cli 8"),
        ("redis-server --version", "Redis server v=8"),
        ("etcdctl version", "etcdctl version: 3.6"),
        ("openssl version", "OpenSSL 3"),
        ("socat -V | head -1", "socat"),
        ("nft --version", "nftables"),
        ("ip -V", "iproute2"),
        ("ps -o pid= -p 1", "1"),
        ("echo a b | awk '{print $2}' | sed s/b/c/ | grep c | sort | tee /tmp/x", "c"),
    ],
)
def test_a_tool_is_there(toolbox: DockerContainer, line: str, prints: str) -> None:
    assert prints in said(toolbox, line)


def test_it_is_an_ordinary_user_and_stays_one(toolbox: DockerContainer) -> None:
    assert said(toolbox, "id -u; id -un; echo $HOME").split() == ["1000", "oncall", "/home/oncall"]
    assert said(toolbox, "find / -xdev -type f -perm /6000 2>/dev/null || true") == ""
    assert said(toolbox, "grep CapEff /proc/self/status").split()[1] == "0" * 16
