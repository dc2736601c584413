"""Volumes made on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cluster.guard import Handle
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.cluster

CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}},
}


@pytest.fixture
def place(handle: Handle) -> Iterator[Workshop]:
    with workshop(handle, "storage-test") as made:
        yield made


def mounting(pod: dict[str, Any]) -> dict[str, Any]:
    """The pod with the claim's volume at /data."""
    pod["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    return pod


def test_a_claim_waits_for_its_pod_keeps_data_and_leaves_nothing(place: Workshop) -> None:
    place.apply(CLAIM)
    claim = place.get("pvc", "data")
    assert claim["spec"]["storageClassName"] == "standard", "the default class is filled in"
    assert claim["status"]["phase"] == "Pending", "a volume is made where its first pod runs"

    place.output_of(mounting(place.pod("writer", "id -u; echo kept > /data/file")))
    assert place.output_of(mounting(place.pod("reader", "cat /data/file"))) == "kept\n"

    volume = place.get("pvc", "data")["spec"]["volumeName"]
    path = place.get("pv", volume)["spec"]
    node, folder = (
        path["nodeAffinity"]["required"]["nodeSelectorTerms"],
        (path.get("hostPath") or path["local"])["path"],
    )
    where = place.handle.node(node[0]["matchExpressions"][0]["values"][0])
    assert where.exec_run(["cat", f"{folder}/file"]).output == b"kept\n"
    place.kubectl("delete", "pod", "writer", "reader", "--wait")
    place.kubectl("delete", "pvc", "data", "--wait")
    eventually(lambda: volume not in place.kubectl("get", "pv", "-o", "name"), within_s=60)
    assert where.exec_run(["test", "-e", folder]).exit_code == 1
