"""The lab's network takes a subnet that nothing else on the host has."""

from __future__ import annotations

from ipaddress import IPv4Network as Net

import pytest

from cluster.errors import HostNotReady
from cluster.kind.network import free_subnet

pytestmark = pytest.mark.unit

POOL = Net("172.30.0.0/23")


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], "172.30.0.0/24"),
        (["172.30.0.0/24"], "172.30.1.0/24"),
        (["172.30.0.128/25", "10.0.0.0/8"], "172.30.1.0/24"),
        (["0.0.0.0/32"], "172.30.0.0/24"),
    ],
)
def test_first_free(taken: list[str], free: str) -> None:
    assert free_subnet(map(Net, taken), POOL) == Net(free)


def test_none_left() -> None:
    with pytest.raises(HostNotReady, match="no /24"):
        free_subnet([Net("172.16.0.0/12")], POOL)
