"""Machines beside the nodes: what an author may ask for, and the ways that they get."""

from __future__ import annotations

import pytest

from experiments.model.machines import machine
from experiments.play.machines import ways_of

pytestmark = pytest.mark.unit


def test_a_machine_is_told_its_settings_and_where_it_is_scraped() -> None:
    made = machine(
        "metadata", "firedrill/cloud", "cloud.metadata", address="169.254.169.254", metrics_port=9100, role="r"
    )
    assert made.settings == {"ROLE": "r", "METRICS_PORT": "9100"}
    assert made.command == ("cloud.metadata",)


def test_an_address_that_may_be_somebodys_is_refused() -> None:
    with pytest.raises(ValueError, match="may be somebody's"):
        machine("metadata", "firedrill/cloud", address="198.51.100.1", metrics_port=9100)


def test_a_machine_knows_the_way_to_pods_and_none_beyond() -> None:
    script = ways_of("169.254.169.254", {"10.244.1.0/24": "172.30.0.3"})
    assert script.splitlines() == [
        "ip address replace 169.254.169.254/32 dev lo",
        "ip route delete default",
        "ip route replace 10.244.1.0/24 via 172.30.0.3",
    ]
