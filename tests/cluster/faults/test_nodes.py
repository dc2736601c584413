"""Faults that make a node fall silent: what is seen of it, the undo, and the limit without the runner."""

from __future__ import annotations

import pytest
from chaoslib.exceptions import ActivityFailed

from firedrill.faults import nodes
from tests.cluster.faults.node_eyes import eyes_on
from tests.cluster.faults.open_run import OpenRun
from tests.cluster.workshop import eventually

pytestmark = pytest.mark.nightly

NOTICED_S = 30
"""The node monitor's grace of 12 s, its period of 2 s, and two busy cores."""


def test_a_stopped_kubelet_makes_the_node_not_ready_while_its_pods_answer(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    assert node.condition("Ready") == "True"
    run.strike(nodes.stop_kubelet(nodes.in_zone("b")))
    eventually(lambda: node.condition("Ready") == "Unknown", within_s=NOTICED_S)
    assert node.answers()
    run.undo()
    assert node.condition("Ready") == "True" and node.taints() == []


def test_the_node_starts_its_kubelet_when_the_limit_is_over(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    run.strike(nodes.stop_kubelet(nodes.named("worker3"), limit="8s"))
    assert node.says("systemctl is-active kubelet") == "inactive"
    eventually(lambda: node.says("systemctl is-active kubelet") == "active", within_s=20)
    eventually(
        lambda: node.says("systemctl list-units --all --plain --no-legend 'firedrill-*'; ls /run | grep sh$") == ""
    )
    run.undo()
    assert "was over first" in (run.session.folder.path / "timeline.jsonl").read_text()


def test_without_containerd_no_pod_starts(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    run.strike(nodes.stop_containerd(nodes.named("worker2")))
    pod = run.room.pod("late", "true")
    pod["spec"]["nodeName"] = node.name
    run.room.apply(pod)
    events = ("get", "events", "--field-selector", "involvedObject.name=late", "-o", "jsonpath={.items[*].reason}")
    eventually(lambda: "FailedCreatePodSandBox" in run.room.kubectl(*events))
    run.undo()
    eventually(lambda: run.room.get("pod", "late")["status"]["phase"] == "Succeeded", within_s=40)


def test_a_frozen_node_answers_nothing(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    assert node.answers()
    run.strike(nodes.freeze(nodes.in_zone("c")))
    assert not node.answers()
    eventually(lambda: node.condition("Ready") == "Unknown", within_s=NOTICED_S)
    assert run.undo().undone
    assert node.answers() and node.condition("Ready") == "True"


def test_a_frozen_node_runs_again_when_the_limit_is_over(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker3")
    run.strike(nodes.freeze(nodes.named("worker3"), limit="8s"))
    assert node.state() == "paused"
    eventually(lambda: node.state() == "running", within_s=20)
    labels = {"label": [f"firedrill.lab={run.handle.lab.name}", "firedrill.part=thaw"]}
    eventually(lambda: run.handle.docker.containers.list(all=True, filters=labels) == [])
    run.undo()


def test_a_node_that_is_cut_off_is_not_reached_and_lives_on(run: OpenRun) -> None:
    node = eyes_on(run.handle, "worker2")
    assert node.answers()
    run.strike(nodes.cut_off(nodes.in_zone("b")))
    assert not node.answers()
    assert node.says("curl -sf --max-time 2 http://127.0.0.1:9100/ >/dev/null && echo yes") == "yes"
    eventually(lambda: node.condition("Ready") == "Unknown", within_s=NOTICED_S)
    run.undo()
    assert node.answers() and node.condition("Ready") == "True"


def test_a_fault_that_stands_already_is_refused_and_undone_once(run: OpenRun) -> None:
    run.strike(nodes.cut_off(nodes.named("worker2")))
    with pytest.raises(ActivityFailed, match="this fault stands"):
        run.strike(nodes.cut_off(nodes.named("worker2")))
    assert len(run.undo().undone) == 2, "the cut and the wait for the node"


def test_the_shared_control_plane_and_unknown_nodes_are_refused(run: OpenRun) -> None:
    for choice, said in (
        (nodes.named("control-plane"), "control plane of the shared cluster"),
        (nodes.of_role("control-plane"), "control plane of the shared cluster"),
        (nodes.named("worker9"), "no such node"),
        (nodes.in_zone("z"), "no such node"),
        (nodes.running("app=nobody", namespace="tiny"), "no such node"),
    ):
        with pytest.raises(ActivityFailed, match=said):
            run.strike(nodes.freeze(choice))
    assert run.undo().undone == []
