"""NetworkPolicy on the real cluster: 9 pods on 3 nodes ask each other on 2 ports of TCP and UDP, case by case."""

from __future__ import annotations

import time

import pytest

from tests.cluster.network.attempt import ATTEMPTS
from tests.cluster.network.cases import Case
from tests.cluster.network.egress_cases import BOTH, EGRESS
from tests.cluster.network.ingress_cases import INGRESS
from tests.cluster.network.world import World

pytestmark = pytest.mark.cluster

CASES = [
    pytest.param(case, id=f"{kind}: {case.title}")
    for kind, cases in (("ingress", INGRESS), ("egress", EGRESS), ("both", BOTH))
    for case in cases
]


@pytest.mark.parametrize("case", CASES)
def test_a_packet_passes_if_and_only_if_the_policies_allow_it(world: World, case: Case) -> None:
    assert not all(map(case.allowed, ATTEMPTS)), "the case denies nothing, so it would pass without any policy"
    for number, (ns, spec) in enumerate(case.policies):
        world.policy(ns, f"case-{number}", spec)
    assert world.settle(case.allowed, time.monotonic(), case.through_service) == []
