"""What the tests of the pod network share."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from cluster.guard import Handle
from cluster.images.tags import references
from tests.cluster.network.outside import server_outside
from tests.cluster.network.world import World


@pytest.fixture(scope="session")
def matrix(handle: Handle) -> Iterator[World]:
    """The nine pods of the matrix."""
    made = World(handle, references(handle.lab.root)["firedrill/network-probe"])
    try:
        made.set_up()
        # kube-proxy learns of a pod a moment after the API shows it ready.
        assert made.settle(lambda _: True, time.monotonic(), through_service=True) == []
        yield made
    finally:
        made.tear_down()


@pytest.fixture
def outside(handle: Handle) -> Iterator[str]:
    """The address of a server in the lab's network that is no part of the cluster."""
    with server_outside(handle) as address:
        yield address


@pytest.fixture
def world(matrix: World) -> Iterator[World]:
    """The matrix without a policy, where everybody reaches everybody."""
    for pod, prober in list(matrix.probers.items()):
        if not prober.listens():
            # A test of nodes has restarted the pod's kubelet since.
            matrix.connect(pod)
    assert matrix.settle(lambda _: True, time.monotonic()) == []
    yield matrix
    matrix.drop_policies()
