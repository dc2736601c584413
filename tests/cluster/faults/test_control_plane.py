"""Faults of a control plane: what they do to a cluster of the run's own, and that it goes as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chaoslib.exceptions import ActivityFailed

from cluster.errors import CommandFailed
from cluster.guard import Handle
from cluster.lab import Lab
from cluster.victim import limit
from experiments.catalogue import ScenarioFolder
from experiments.play import dedicated, rendering
from experiments.waiting import Seen, eventually
from firedrill.faults import control_plane
from tests.cluster.faults.open_run import OpenRun, open_run

pytestmark = pytest.mark.nightly

FULL_ETCD = ScenarioFolder(Path(__file__).parents[1] / "engine_pack" / "full_etcd")
NAMESPACE = "hoard"


def test_the_labs_own_control_plane_is_refused(run: OpenRun) -> None:
    for step in (control_plane.fill_etcd("tiny"), control_plane.set_flags("etcd", {"snapshot-count": "5"})):
        with pytest.raises(ActivityFailed, match=r"the lab's own"):
            run.strike(step)


@pytest.fixture(scope="module")
def wrecked(lab: Lab, handle: Handle) -> Iterator[OpenRun]:
    """An open run with a cluster of its own, for the tests below: making one takes too long to have it for each."""
    with open_run(lab, handle, FULL_ETCD) as run:
        dedicated.stand(run.session)
        made = json.dumps(rendering.namespaces(run.session.file.run_id, [NAMESPACE])[0])
        run.session.handle.kubectl("apply", "-f", "-", stdin=made)
        yield run
    assert not lab.victim().state.exists()


def test_the_lab_reaches_a_node_port_by_the_address_that_traffic_gets(wrecked: OpenRun) -> None:
    port = {"port": 443, "targetPort": 6443, "nodePort": 30443}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "outside", "namespace": "kube-system"},
        "spec": {"type": "NodePort", "selector": {"component": "kube-apiserver"}, "ports": [port]},
    }
    wrecked.session.handle.kubectl("apply", "-f", "-", stdin=json.dumps(service))
    home, (address,) = wrecked.session.home, dedicated.hosts(wrecked.session).values()

    def look() -> Seen[bool]:
        ask = ["curl", "-sSk", "-m", "2", f"https://{address}:30443/livez"]
        said = home.node(home.lab.control_plane).exec_run(ask).output.decode()
        return Seen(True if said == "ok" else None, said)

    eventually(look, what="the API server answers at its node port", within_s=20)


def test_a_full_etcd_refuses_writes_and_still_reads(wrecked: OpenRun) -> None:
    kubectl = wrecked.session.handle.kubectl
    kubectl("create", "configmap", "before", "-n", NAMESPACE)
    wrecked.strike(control_plane.fill_etcd(NAMESPACE, object_kib=512))
    with pytest.raises(CommandFailed, match="database space exceeded"):
        kubectl("create", "configmap", "after", "-n", NAMESPACE)
    assert "before" in kubectl("get", "configmap", "before", "-n", NAMESPACE)


def test_a_changed_flag_is_what_the_component_runs_with(wrecked: OpenRun) -> None:
    wrecked.strike(control_plane.set_flags("etcd", {"quota-backend-bytes": str(64 * 2**20)}))
    node = wrecked.session.handle.node(wrecked.session.handle.lab.control_plane)

    def look() -> Seen[bool]:
        line = node.exec_run(["bash", "-c", "tr '\\0' ' ' < /proc/$(pgrep -x etcd)/cmdline"]).output.decode()
        return Seen(True if f"--quota-backend-bytes={64 * 2**20}" in line else None, line)

    eventually(look, what="etcd runs with the new quota", within_s=60)


def test_a_cluster_that_nobody_removes_stops_by_itself(wrecked: OpenRun) -> None:
    victim = wrecked.session.handle
    node = victim.node(victim.lab.control_plane)
    stop = ["systemctl", "stop", "firedrill-limit.timer"]
    assert node.exec_run(stop).exit_code == 0, "no limit was armed when the cluster was made"
    limit.arm(victim, 1)

    def look() -> Seen[bool]:
        node.reload()
        return Seen(True if node.status == "exited" else None, node.status)

    eventually(look, what="the node has stopped", within_s=60)
    assert node.attrs["State"]["ExitCode"] == 0
