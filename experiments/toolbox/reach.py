"""What the toolbox's network namespace may reach: the lab, and nothing else. Pure text, no side effects."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

EMBEDDED_DNS = IPv4Address("127.0.0.11")
"""Docker's resolver inside a container on a network of the user's: it asks the host's, so it is closed."""

NOWHERE = IPv4Address("198.51.100.1")
"""An address for documentation (RFC 5737), in no lab: asking the kernel for its route sends nothing."""


@dataclass(frozen=True)
class Route:
    """Pods or Services behind a node: a range, and the node's address on the lab's network."""

    to: IPv4Network
    via: IPv4Address


@dataclass(frozen=True)
class Reach:
    """The toolbox's whole network.

    Args:
        subnet: the lab's Docker network, where the nodes are.
        host: the host's own addresses on it; never reached.
        routes: pods and Services, by the node that forwards to them.
        closed: addresses inside the lab that stay closed, the lab's own services: a runbook that could talk to
            the pager could write its own verdict.
        dns: the cluster's DNS service.
        search: domains a short name is tried in.
    """

    subnet: IPv4Network
    host: tuple[IPv4Address, ...]
    routes: tuple[Route, ...]
    dns: IPv4Address
    closed: tuple[IPv4Address, ...] = ()
    search: tuple[str, ...] = field(default=())


def search_domains(namespace: str) -> tuple[str, ...]:
    """The search list of a pod in `namespace`, so that names resolve as runbooks write them."""
    return (f"{namespace}.svc.cluster.local", "svc.cluster.local", "cluster.local")


def resolv_conf(reach: Reach) -> str:
    """The resolver's configuration: the cluster's DNS alone. `ndots` is what kubelet writes for pods."""
    return f"nameserver {reach.dns}\nsearch {' '.join(reach.search)}\noptions ndots:5 timeout:2 attempts:2\n"


def firewall(reach: Reach) -> str:
    """The nftables ruleset of the namespace: it replaces what is there, in one transaction.

    Refused packets are answered at once, so that a block fails with a message instead of waiting for a timeout.
    """
    shut = [EMBEDDED_DNS, *reach.host, *reach.closed]
    lab = [reach.subnet, *(route.to for route in reach.routes)]
    return "\n".join(
        [
            "flush ruleset",
            "table inet toolbox {",
            "  set shut { type ipv4_addr; elements = { " + _elements(shut) + " } }",
            "  set lab { type ipv4_addr; flags interval; auto-merge; elements = { " + _elements(lab) + " } }",
            "  chain output {",
            "    type filter hook output priority 0; policy drop;",
            "    ip daddr @shut reject with icmpx admin-prohibited",
            '    oifname "lo" accept',
            "    ip daddr @lab accept",
            "    meta nfproto ipv4 reject with icmpx admin-prohibited",
            "  }",
            "}",
            "",
        ]
    )


def setup_script(reach: Reach) -> str:
    """The bash script that gives the namespace this reach; it needs NET_ADMIN and ends non-zero unless all of it holds.

    The firewall comes first: at no moment is there more than the lab. It ends by asking the kernel for a way out.
    """
    routes = [f"ip route replace {route.to} via {route.via}" for route in reach.routes]
    return "\n".join(
        [
            "set -euo pipefail",
            f"nft -f - <<'RULES'\n{firewall(reach)}RULES",
            "ip -4 route flush default",
            "ip -6 route flush default",
            *routes,
            f"cat > /etc/resolv.conf <<'RESOLV'\n{resolv_conf(reach)}RESOLV",
            f"if ip route get {NOWHERE}; then echo 'there still is a way out of the lab'; exit 1; fi",
            "",
        ]
    )


def _elements(items: list[IPv4Address] | list[IPv4Network]) -> str:
    return ", ".join(sorted({str(item) for item in items}))
