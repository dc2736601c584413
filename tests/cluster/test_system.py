"""What runs in the cluster besides the control plane, as `up` leaves it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from cluster.guard import Handle
from tests.cluster.workshop import ask, eventually, series, workshop

pytestmark = pytest.mark.cluster

PAGER_ADDRESS = "10.96.0.20"


def rung(handle: Handle, since: float) -> list[dict[str, Any]]:
    """Notifications that the watchtower's Watchdog sent to the pager since a moment."""
    listed = ask(handle, "pager:8080", f"/notifications?since={since}")["notifications"]
    return [
        found
        for found in listed
        if found["receiver"] == "watchdog" and found["payload"]["commonLabels"].get("prometheus") == "watchtower"
    ]


def test_what_measures_stands_outside_the_blast_radius(handle: Handle) -> None:
    names = (
        "alertmanager",
        "coredns",
        "kube-state-metrics",
        "local-path-provisioner",
        "metrics-server",
        "pager",
        "prometheus",
    )
    placed: dict[str, set[str]] = {}
    for namespace in ("firedrill-system", "kube-system", "local-path-storage"):
        pods = json.loads(handle.kubectl("-n", namespace, "get", "pods", "-o", "json"))["items"]
        for pod in pods:
            if pod["metadata"].get("ownerReferences", [{}])[0].get("kind") == "ReplicaSet":
                name = pod["metadata"]["name"].rsplit("-", 2)[0]
                placed.setdefault(name, set()).add(pod["spec"]["nodeName"])
                assert pod["spec"]["priorityClassName"] == "system-cluster-critical", name
    assert {name: placed[name] for name in names} == {name: {handle.lab.control_plane} for name in names}


def test_every_target_of_the_watchtower_is_up(handle: Handle) -> None:
    jobs = {"alertmanager": 1, "kube-state-metrics": 1, "node-exporter": 4, "pager": 1, "prometheus": 1}
    eventually(lambda: {m["job"]: int(n) for m, n in series(handle, "sum by (job) (up)")} == jobs)
    assert series(handle, "up == 0") == []


def test_kube_state_metrics_knows_the_zones(handle: Handle) -> None:
    zones = {m["label_topology_kubernetes_io_zone"] for m, _ in series(handle, 'kube_node_labels{node=~".*worker.*"}')}
    assert zones == {"a", "b", "c"}


def test_the_watchdog_goes_on_arriving(handle: Handle) -> None:
    begun = time.time()
    first, second, *_ = eventually(lambda: rung(handle, begun)[1:] and rung(handle, begun), within_s=60)
    assert 5 <= second["at"] - first["at"] <= 20


def test_the_pager_remembers_over_a_restart_of_its_container(handle: Handle) -> None:
    before = eventually(lambda: rung(handle, 0), within_s=60)[-1]["at"]
    pod = handle.kubectl("-n", "firedrill-system", "get", "pod", "-l", "app.kubernetes.io/name=pager", "-o", "name")
    restarts = ("get", pod.strip(), "-o", "jsonpath={.status.containerStatuses[0].restartCount}")
    count = int(handle.kubectl("-n", "firedrill-system", *restarts))
    stop = "import os, signal; os.kill(1, signal.SIGTERM)"
    handle.kubectl("-n", "firedrill-system", "exec", pod.strip(), "--", "python3", "-c", stop)
    eventually(lambda: int(handle.kubectl("-n", "firedrill-system", *restarts)) == count + 1, within_s=60)
    ready = (*restarts[:3], "jsonpath={.status.containerStatuses[0].ready}")
    eventually(lambda: handle.kubectl("-n", "firedrill-system", *ready) == "true", within_s=60)
    assert before in [found["at"] for found in rung(handle, 0)]


def test_alertmanager_finds_the_pager_without_dns(handle: Handle) -> None:
    look = ("exec", "deploy/alertmanager", "--", "getent", "-s", "files", "hosts", "pager.firedrill-system")
    assert handle.kubectl("-n", "firedrill-system", *look).split()[0] == PAGER_ADDRESS


def test_metrics_server_answers_for_every_node(handle: Handle) -> None:
    lines = eventually(lambda: handle.kubectl("top", "nodes", "--no-headers").splitlines(), within_s=30)
    assert {line.split()[0] for line in lines} == set(handle.nodes())
    assert all(line.split()[1].removesuffix("m").isdigit() for line in lines)


def test_names_resolve_inside_and_end_at_the_cluster(handle: Handle) -> None:
    script = """
        getent ahostsv4 pager.firedrill-system | head -1
        getent ahostsv4 kubernetes.default.svc.cluster.local | head -1
        begun=$(date +%s%N)
        getent hosts example.org || echo "ended with $?"
        echo "ms $(( ($(date +%s%N) - begun) / 1000000 ))"
    """
    with workshop(handle, "dns-test") as place:
        pager, kubernetes, outside, took = place.output_of(place.pod("dns", script)).splitlines()
    assert pager.split()[0] == PAGER_ADDRESS
    assert kubernetes.split()[0] == "10.96.0.1"
    assert outside == "ended with 2", "2 is: no such name; a server that fails or is silent ends otherwise"
    assert int(took.split()[1]) < 2000
