"""What of Prometheus' history outlives its container and its pod: the control of prometheus-oom-during-incident."""

from __future__ import annotations

import json
import time

import pytest

from cluster.errors import CommandFailed
from cluster.guard import Handle
from tests.cluster.small_prometheus import prometheus
from tests.cluster.workshop import Workshop, eventually, workshop

pytestmark = pytest.mark.nightly


def samples(room: Workshop, until: float) -> int:
    """How many samples of `up` there are from before a moment (epoch seconds); 0 while Prometheus does not answer."""
    query = f"/api/v1/query?query=count_over_time(up[10m])&time={until:.0f}"
    address = f"/api/v1/namespaces/{room.namespace}/pods/prometheus-0:9090/proxy{query}"
    try:
        found = json.loads(room.handle.kubectl("get", "--raw", address))["data"]["result"]
    except CommandFailed:
        return 0
    return int(found[0]["value"][1]) if found else 0


def ready(room: Workshop, not_uid: str = "", restarts: int = 0) -> bool:
    """Whether a pod other than the one named is ready, after at least so many restarts."""
    pods = json.loads(room.kubectl("get", "pods", "-l", "app=prometheus", "-o", "json"))["items"]
    return any(
        one["ready"] and one["restartCount"] >= restarts
        for pod in pods
        if pod["metadata"]["uid"] != not_uid
        for one in pod["status"].get("containerStatuses", [])
    )


@pytest.mark.parametrize("claim", [True, False], ids=["claim", "emptydir"])
def test_history_outlives_the_container_anywhere_and_the_pod_on_a_claim_alone(handle: Handle, claim: bool) -> None:
    with workshop(handle, "prometheus-volume-test") as room:
        room.apply(*prometheus(room, claim=claim))
        eventually(lambda: ready(room), within_s=90)
        eventually(lambda: samples(room, time.time()) >= 5, within_s=60)
        then = time.time()
        room.kubectl("exec", "prometheus-0", "--", "sh", "-c", "kill 1")
        eventually(lambda: ready(room, restarts=1), within_s=60)
        assert eventually(lambda: samples(room, then), within_s=30) >= 5, "a container's restart loses nothing"
        uid = room.get("pod", "prometheus-0")["metadata"]["uid"]
        room.kubectl("delete", "pod", "prometheus-0", "--wait")
        eventually(lambda: ready(room, not_uid=uid), within_s=60)
        eventually(lambda: samples(room, time.time()), within_s=30)
        assert (samples(room, then) >= 5) == claim
