"""The lease of a primary on a real etcd: by its JSON gateway, as the keeper asks."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.component.images.containers import Containers, address, eventually, text
from tests.unit.fixtures.failover_image import imported

pytestmark = pytest.mark.component

SECONDS = 3
MEMBER = [
    "--name=m",
    "--data-dir=/data/m",
    "--listen-client-urls=http://0.0.0.0:2379",
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--listen-peer-urls=http://127.0.0.1:2380",
    "--initial-advertise-peer-urls=http://127.0.0.1:2380",
    "--initial-cluster=m=http://127.0.0.1:2380",
]


@pytest.fixture
def keeper() -> Iterator[Any]:
    """A function that gives one of the keeper's modules, as the image has it."""
    with imported():
        yield lambda name: importlib.import_module(f"failover.keeper.{name}")


def test_a_lease_is_one_holders_until_it_lapses_and_then_whoevers_claim_is_first(
    containers: Containers, keeper: Any
) -> None:
    with containers.start("etcd", ports=[2379], command=MEMBER, writable=["/data"]) as etcd:
        eventually(lambda: text(f"{address(etcd, 2379)}/readyz"))
        member = address(etcd, 2379).removeprefix("http://")
        # One that does not answer comes first: it is asked, and passed over.
        lease = keeper("lease").PrimaryLease(keeper("etcd").Etcd(("127.0.0.1:1", member)), SECONDS)
        assert lease.holder() is None
        assert not lease.renew("east")
        assert not lease.take_again("west", "east")
        assert lease.take_again("east", "east")
        assert lease.renew("east")
        assert not lease.claim("west")
        assert lease.holder() == "east"
        eventually(lambda: lease.holder() is None)
        assert lease.claim("west")
        eventually(lambda: lease.holder() is None)
        assert not lease.take_again("east", "east")
        assert lease.take_again("west", "east")


def test_no_answer_is_not_a_no(keeper: Any) -> None:
    lease = keeper("lease").PrimaryLease(keeper("etcd").Etcd(("127.0.0.1:1",)), SECONDS)
    with pytest.raises(keeper("etcd").NoMajority):
        lease.holder()
