"""What the toolbox's network is told: the host stays shut, and nothing but the lab is open."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from experiments.toolbox.reach import EMBEDDED_DNS, Reach, Route, firewall, resolv_conf, search_domains, setup_script

pytestmark = pytest.mark.unit

GATEWAY = IPv4Address("172.30.0.1")
NODE = IPv4Address("172.30.0.5")
PAGER = IPv4Address("10.96.7.7")
REACH = Reach(
    subnet=IPv4Network("172.30.0.0/24"),
    host=(GATEWAY,),
    routes=(Route(IPv4Network("10.244.0.0/16"), NODE), Route(IPv4Network("10.96.0.0/16"), NODE)),
    dns=IPv4Address("10.96.0.10"),
    closed=(PAGER,),
    search=search_domains("shop"),
)


@pytest.mark.parametrize("address", [GATEWAY, PAGER, EMBEDDED_DNS])
def test_host_pager_and_embedded_dns_are_shut_before_anything_is_accepted(address: IPv4Address) -> None:
    rules = firewall(REACH)
    shut = next(line for line in rules.splitlines() if "set shut" in line)
    assert f" {address}" in shut
    assert rules.index("ip daddr @shut reject") < rules.index("accept")


def test_only_the_lab_is_accepted() -> None:
    rules = firewall(REACH)
    lab = next(line for line in rules.splitlines() if "set lab" in line)
    assert "elements = { 10.244.0.0/16, 10.96.0.0/16, 172.30.0.0/24 }" in lab
    assert [line.strip() for line in rules.splitlines() if line.endswith("accept")] == [
        'oifname "lo" accept',
        "ip daddr @lab accept",
    ]
    assert "policy drop;" in rules


def test_firewall_stands_before_routes_and_a_way_out_is_an_error() -> None:
    lines = setup_script(REACH).splitlines()
    first = {
        word: next(n for n, line in enumerate(lines) if line.startswith(word)) for word in ("nft", "ip -4", "ip r")
    }
    assert first["nft"] < first["ip -4"] < first["ip r"]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1].startswith("if ip route get") and "exit 1" in lines[-1]


def test_names_are_asked_of_the_clusters_dns_alone() -> None:
    text = resolv_conf(REACH)
    assert [line for line in text.splitlines() if line.startswith("nameserver")] == ["nameserver 10.96.0.10"]
    assert "search shop.svc.cluster.local svc.cluster.local cluster.local" in text
