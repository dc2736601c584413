"""Memory and processor: what the kernel and the autoscaler do is seen where alerts look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cluster.guard import Handle
from tests.cluster.workshop import Workshop, eventually, series, workshop

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def place(handle: Handle) -> Iterator[Workshop]:
    with workshop(handle, "resources-test") as made:
        yield made


def test_memory_is_seen_by_cadvisor_and_its_end_by_kube_state_metrics(place: Workshop) -> None:
    # A string of 8 MiB for some seconds, so that cAdvisor has time to look; then one that is larger than the limit.
    script = """
        grow() { head -c "$1" /dev/zero | tr '\\0' x; }
        held=$(grow 8388608); sleep 8; more=$(grow 67108864); echo "${#held} ${#more}"
    """
    memory = {"limits": {"memory": "48Mi"}, "requests": {"memory": "48Mi"}}
    greedy = place.pod("greedy", script, resources=memory)
    greedy["spec"]["restartPolicy"] = "Always"
    place.apply(greedy)

    eventually(lambda: 8 * 2**20 < working_set(place, "greedy") <= 48 * 2**20, within_s=60)
    ended = eventually(lambda: last_end(place, "greedy"), within_s=60)
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)
    reason = 'kube_pod_container_status_last_terminated_reason{namespace="resources-test",reason="OOMKilled"} == 1'
    assert eventually(lambda: series(place.handle, reason), within_s=60)[0][0]["pod"] == "greedy"


def working_set(place: Workshop, pod: str) -> float:
    """Bytes that cAdvisor reports for a pod's container; 0 while it reports none.

    Its `container_oom_events_total` is of no use in the lab: it reads kills from the kernel's log, which names a cgroup
    by its path on the host, and knows only paths inside the node.
    """
    node = place.get("pod", pod)["spec"].get("nodeName")
    if node is None:
        return 0
    metrics = place.handle.kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/metrics/cadvisor")
    wanted = ("container_memory_working_set_bytes{", f'pod="{pod}"', 'container="main"')
    lines = [line for line in metrics.splitlines() if all(part in line for part in wanted)]
    return max((float(line.rpartition("}")[2].split()[0]) for line in lines), default=0)


def last_end(place: Workshop, pod: str) -> dict[str, Any]:
    """How a pod's container ended before it was started again; empty if it never did."""
    statuses = place.get("pod", pod)["status"].get("containerStatuses") or [{}]
    ended: dict[str, Any] = statuses[0].get("lastState", {}).get("terminated") or {}
    return ended


def test_the_autoscaler_sees_load_and_acts(place: Workshop) -> None:
    labels = {"app": "busy"}
    busy = {
        "name": "main",
        "image": place.shell,
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-c", "trap 'exit 0' TERM; while :; do :; done"],
        "resources": {"requests": {"cpu": "20m"}, "limits": {"cpu": "40m"}},
    }
    place.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "busy"},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"terminationGracePeriodSeconds": 1, "containers": [busy]},
                },
            },
        },
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "busy"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "busy"},
                "minReplicas": 1,
                "maxReplicas": 2,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                    }
                ],
            },
        },
    )
    eventually(lambda: utilization(place, "busy") > 50, within_s=90)
    eventually(lambda: place.get("deployment", "busy")["status"].get("readyReplicas") == 2, within_s=90)


def utilization(place: Workshop, autoscaler: str) -> int:
    """Per cent of the requested processor time that the autoscaler sees; 0 while it sees nothing."""
    seen = place.get("hpa", autoscaler)["status"].get("currentMetrics") or [{}]
    percent: int = seen[0].get("resource", {}).get("current", {}).get("averageUtilization", 0)
    return percent
