"""What `node-shell` says to the runner, and which nodes it is answered for."""

from __future__ import annotations

import base64

import pytest

from cluster.errors import BrokenScenario
from experiments.toolbox.node_shell import LONGEST_REQUEST, Request, declared_nodes, output_line, read_request

pytestmark = pytest.mark.unit

NODES = ("demo-control-plane", "demo-worker", "demo-worker2")


def _sent(*parts: bytes) -> bytes:
    return b"".join(base64.b64encode(part) + b"\n" for part in parts)


def test_a_request_is_read_once_it_is_whole() -> None:
    sent = _sent(b"worker\n", "systemctl status 'kubelet' | grep ä\n".encode(), b"\x00in\n")
    assert all(read_request(sent[:cut]) is None for cut in range(len(sent)))
    assert read_request(sent) == Request("worker", "systemctl status 'kubelet' | grep ä", b"\x00in\n")


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\n\n\n", b"\xff\n\n\n", b"x" * (LONGEST_REQUEST + 1)])
def test_what_is_no_request_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match="the request"):
        read_request(sent)


def test_output_may_be_anything() -> None:
    kind, value = output_line(2, b"\x00\n\xff").split()
    assert (kind, base64.b64decode(value)) == (b"2", b"\x00\n\xff")


def test_only_declared_nodes_have_a_name() -> None:
    assert declared_nodes("demo", NODES, ()) == {}
    for asked in ("worker2", "demo-worker2"):
        assert declared_nodes("demo", NODES, (asked,)) == {"worker2": "demo-worker2", "demo-worker2": "demo-worker2"}


def test_a_node_that_the_lab_lacks_is_the_authors_mistake() -> None:
    with pytest.raises(BrokenScenario, match="worker9"):
        declared_nodes("demo", NODES, ("worker9",))
