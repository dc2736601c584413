"""Faults that leave a node without room: for pods, on a disk, in memory, on its CPUs."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.undo.replay import replay
from firedrill.faults import nodes
from tests.cluster.faults.node_eyes import Eyes, eyes_on
from tests.cluster.faults.open_run import OpenRun
from tests.cluster.workshop import eventually

pytestmark = pytest.mark.nightly

FOLDER = "/mnt/firedrill-test/data"
PRESSED_S = 40
"""The kubelet looks every 10 s, cAdvisor every 4 s, on two busy cores."""


def victim(run: OpenRun, name: str, script: str = "exec sleep infinity") -> dict[str, Any]:
    """A pod with the label app=NAME."""
    pod = run.room.pod(name, script)
    pod["metadata"]["labels"] = {"app": name}
    return pod


def phase(run: OpenRun, name: str) -> str:
    """A pod's phase; `gone` where it is deleted."""
    found = run.room.kubectl("get", "pod", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}")
    return found or "gone"


def test_a_cordoned_node_takes_no_pod(run: OpenRun) -> None:
    run.room.apply(victim(run, "there"))
    eventually(lambda: phase(run, "there") == "Running")
    name: str = run.room.get("pod", "there")["spec"]["nodeName"]
    run.strike(nodes.cordon(nodes.running("app=there", namespace="tiny")))
    late = victim(run, "late")
    late["spec"]["nodeSelector"] = {"kubernetes.io/hostname": name}
    run.room.apply(late)
    eventually(lambda: "unschedulable" in run.room.kubectl("describe", "pod", "late"))
    assert phase(run, "late") == "Pending" and phase(run, "there") == "Running"
    run.undo()
    eventually(lambda: phase(run, "late") == "Running")


def test_a_taint_drives_pods_away(run: OpenRun) -> None:
    pod = victim(run, "there")
    pod["spec"]["nodeSelector"] = {"topology.kubernetes.io/zone": "c"}
    run.room.apply(pod)
    eventually(lambda: phase(run, "there") == "Running")
    run.strike(nodes.taint(nodes.in_zone("c"), "example.com/maintenance", "NoExecute", value="now"))
    eventually(lambda: phase(run, "there") == "gone")
    run.undo()
    assert eyes_on(run.handle, "worker3").taints() == []
    run.room.apply(pod)
    eventually(lambda: phase(run, "there") == "Running")


def test_the_lab_takes_a_cordon_back_when_the_limit_is_over(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    run.strike(nodes.cordon(nodes.named("worker3"), limit="6s"))
    assert node.spec().get("unschedulable")
    eventually(lambda: not node.spec().get("unschedulable"), within_s=20)
    run.undo()


def test_heal_takes_a_taint_back_where_the_run_is_no_more(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    run.strike(nodes.taint(nodes.named("worker2"), "maintenance", "NoSchedule"))
    assert node.taints() == ["maintenance"]
    replayed = replay(run.session.journal, {})
    assert replayed.failed == [] and node.taints() == []


def test_a_full_file_system_refuses_writes(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    run.strike(nodes.fill(nodes.named("worker2"), FOLDER, size="48Mi", file="core.97"))
    assert "No space left on device" in write(run, node, "first")
    assert node.says(f"ls {FOLDER}") == "core.97\nlost+found", "what an on-call engineer would find and delete"
    run.undo()
    assert node.says(f"ls -d {FOLDER} /var/lib/firedrill-*").count("cannot access") == 2
    assert write(run, node, "second") == "written\n"
    node.says("rm -r /mnt/firedrill-test")


def write(run: OpenRun, node: Eyes, name: str) -> str:
    """What a pod of the node says after it wrote 1 MiB to the folder, and took it away again."""
    script = f"head -c 1M /dev/zero >/data/{name} && echo written || true; rm -f /data/{name}"
    pod = run.room.pod(name, script, securityContext={"runAsUser": 0})
    folder = {"path": FOLDER, "type": "DirectoryOrCreate"}
    pod["spec"] |= {"nodeName": node.name, "volumes": [{"name": "data", "hostPath": folder}]}
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    return run.room.output_of(pod)


def test_disk_pressure_evicts(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    pod = victim(run, "there")
    pod["spec"]["nodeName"] = node.name
    run.room.apply(pod)
    eventually(lambda: phase(run, "there") == "Running")
    assert node.condition("DiskPressure") == "False"
    run.strike(nodes.disk_pressure(nodes.named("worker2"), size="256Mi", leave="8Mi"))
    eventually(lambda: node.condition("DiskPressure") == "True", within_s=PRESSED_S)
    eventually(lambda: "node.kubernetes.io/disk-pressure" in node.taints())
    eventually(lambda: phase(run, "there") == "Failed", within_s=PRESSED_S)
    assert run.room.get("pod", "there")["status"]["reason"] == "Evicted"
    run.undo()
    assert node.condition("DiskPressure") == "False" and node.taints() == []
    assert node.says("losetup --list --noheadings --output BACK-FILE | grep firedrill-") == ""


def test_used_memory_shows_in_the_nodes_figures(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    before = node.memory_mib()
    run.strike(nodes.use_memory(nodes.named("worker3"), "600Mi"))
    eventually(lambda: node.memory_mib() - before > 500, within_s=PRESSED_S)
    run.undo()
    eventually(lambda: node.memory_mib() - before < 200, within_s=PRESSED_S)


def test_memory_pressure_is_said_by_the_kubelet(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    assert node.condition("MemoryPressure") == "False"
    run.strike(nodes.memory_pressure(nodes.in_zone("c")))
    eventually(lambda: node.condition("MemoryPressure") == "True", within_s=PRESSED_S)
    eventually(lambda: "node.kubernetes.io/memory-pressure" in node.taints())
    run.undo()
    assert node.condition("MemoryPressure") == "False" and node.taints() == []


def test_used_cpu_shows_in_the_nodes_figures(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    before = node.cpus()
    run.strike(nodes.use_cpu(nodes.named("worker2"), 1.0))
    eventually(lambda: node.cpus() - before > 0.5, within_s=PRESSED_S)
    assert node.says("systemctl show --property CPUQuotaPerSecUSec --value firedrill-cpu.service") == "1s"
    run.undo()
    eventually(lambda: node.cpus() - before < 0.4, within_s=PRESSED_S)
