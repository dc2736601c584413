"""Where a page may be, and how a port that is taken is told."""

from __future__ import annotations

import socket

import pytest

from cluster.errors import HostNotReady, UsageError
from drills.hosting.address import Address

pytestmark = pytest.mark.unit


def test_a_port_that_is_in_use_is_refused_with_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HostNotReady, match=rf"Port {port} .* in use(.|\n)*--port {port + 1}") as refused:
            Address("127.0.0.1", port).refuse_taken()
    assert refused.value.exit_code == 2
    Address("127.0.0.1", port).refuse_taken()


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(UsageError, match=r"192\.0\.2\.1 is no address of this machine"):
        Address("192.0.2.1", 8700).refuse_taken()


@pytest.mark.parametrize(
    ("host", "link", "loopback"),
    [
        ("127.0.0.1", "http://127.0.0.1:8700/", True),
        ("localhost", "http://localhost:8700/", True),
        ("::1", "http://[::1]:8700/", True),
        ("0.0.0.0", "http://127.0.0.1:8700/", False),  # noqa: S104  shown, not bound to
        ("192.0.2.1", "http://192.0.2.1:8700/", False),
    ],
)
def test_links(host: str, link: str, loopback: bool) -> None:
    address = Address(host, 8700)
    assert (address.url(), address.is_loopback) == (link, loopback)
    assert address.url("a b&") == link + "?token=a+b%26"
