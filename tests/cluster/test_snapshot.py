"""Verified cleanup on the real lab: one real change of every kind is made, and each is named."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from cluster.guard import Handle
from cluster.images.tags import references
from experiments.undo import heal, snapshot
from experiments.undo.snapshot import Snapshot
from experiments.waiting import Seen, eventually
from tests.cluster.changes import Changes
from tests.cluster.workshop import Workshop, workshop

pytestmark = pytest.mark.nightly

SETTLED = 2
"""Snapshots in a row that have to be equal before anything is changed."""


@dataclass(frozen=True)
class Looked:
    """What two snapshots said.

    Args:
        expected: what has to be named, for each room of changes.
        named: the differences between before and after the changes.
        after_undo: those that were left when every change was taken back.
        took_s: the slowest snapshot.
    """

    expected: dict[str, list[str]]
    named: list[str]
    after_undo: list[str]
    took_s: float


def _toxiproxy(room: Workshop) -> None:
    labels = {"app.kubernetes.io/name": "toxiproxy"}
    image = references(room.handle.lab.root)["firedrill/toxiproxy"]
    room.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "toxiproxy", "labels": labels},
            "spec": {
                "nodeName": room.handle.nodes()[1],  # neither of those that are changed
                "terminationGracePeriodSeconds": 1,
                "containers": [{"name": "main", "image": image, "args": ["-host=0.0.0.0"]}],
            },
        }
    )
    room.kubectl("wait", "--for=condition=Ready", "pod/toxiproxy", "--timeout=60s", timeout_s=70)
    path = f"/api/v1/namespaces/{room.namespace}/pods/toxiproxy:8474/proxy/proxies"
    body = json.dumps({"name": "left", "listen": "127.0.0.1:20000", "upstream": "127.0.0.1:1", "enabled": True})
    room.handle.kubectl("create", "--raw", path, "-f", "-", stdin=body)


def _settled(handle: Handle) -> Snapshot:
    last: list[Snapshot] = []

    def look() -> Seen[Snapshot]:
        last.append(snapshot.take(handle))
        found = snapshot.differences(last[-2], last[-1]) if len(last) >= SETTLED else ["the first look"]
        return Seen(None if found else last[-1], "; ".join(map(str, found)))

    return eventually(look, what="the lab is at rest", within_s=60)


@pytest.fixture(scope="module")
def looked(handle: Handle) -> Iterator[Looked]:
    changed, frozen = handle.nodes()[-1], handle.nodes()[-2]
    with workshop(handle, "toxics-outside") as room:
        _toxiproxy(room)
        before = _settled(handle)
        with ExitStack() as back:
            changes = Changes(handle, back)
            expected = {
                "objects": changes.objects(),
                "toxics": changes.toxic(room.namespace),
                "host": changes.host(changed),
                "node": changes.nodes_object(changed),
                "inside": changes.in_node(changed),
                "frozen": changes.freeze(frozen),
            }
            begun = time.monotonic()
            after = snapshot.take(handle)
            took = time.monotonic() - begun
        named = [str(difference) for difference in snapshot.differences(before, after)]
        yield Looked(expected, named, list(map(str, heal.verify(handle, before))), took)


@pytest.mark.parametrize("room", ["objects", "toxics", "host", "node", "inside", "frozen"])
def test_each_change_is_named(looked: Looked, room: str) -> None:
    unnamed = [what for what in looked.expected[room] if not any(what in text for text in looked.named)]
    assert unnamed == [], looked.named


def test_nothing_else_is_named(looked: Looked) -> None:
    expected = [what for room in looked.expected.values() for what in room]
    # What follows from them: routes and a name of the second network, the pod network's settings from the link's, the
    # service of the timer, the account and the certificate of a namespace.
    expected += [" is new: dev eth", "/etc/hosts", "/etc/cni/net.d", "unit firedrill-left.service"]
    expected += [" left/default is new", " left/kube-root-ca.crt is new"]
    others = [text for text in looked.named if not any(what in text for what in expected)]
    assert others == []


def test_taken_back_nothing_differs(looked: Looked) -> None:
    assert looked.after_undo == []


def test_a_snapshot_is_fast(looked: Looked) -> None:
    assert looked.took_s < 5  # about 1 s on two idle cores; it is taken twice in each run
