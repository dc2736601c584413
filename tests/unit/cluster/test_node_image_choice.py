"""Which node image is used: asked for, kind's own, or built here."""

from __future__ import annotations

import pytest

from cluster.node.choose import Host, choose

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("override", "cgroup", "at_hand", "source"),
    [
        ("my/node:1", 2, True, "override"),
        ("my/node:1", 1, False, "override"),
        ("", 2, True, "upstream"),
        ("", 2, False, "built"),
        ("", 1, True, "built"),  # its systemd does not boot on cgroup v1
        ("", 1, False, "built"),
    ],
)
def test_choice(override: str, cgroup: int, at_hand: bool, source: str) -> None:
    choice = choose(Host(override, cgroup, at_hand))
    assert choice.source == source
    assert choice.why
