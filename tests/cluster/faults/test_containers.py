"""Faults inside containers of any image: processes that end, memory and processor time that run out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from chaoslib.exceptions import ActivityFailed

from firedrill.faults import processes, resources
from tests.cluster.faults import victims
from tests.cluster.faults.open_run import NAMESPACE, OpenRun
from tests.cluster.workshop import eventually

pytestmark = pytest.mark.nightly

BARE = "app.kubernetes.io/name=toxiproxy"
"""An image that holds one static program and nothing else."""


def test_a_killed_process_ends_its_container_and_kubernetes_starts_it_again(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/toxiproxy")
    with pytest.raises(ActivityFailed, match="has no process postgres"):
        run.strike(processes.kill(NAMESPACE, BARE, "postgres"))
    run.strike(processes.kill(NAMESPACE, BARE, "toxiproxy-server"))
    status = eventually(lambda: _restarted(run))
    ended = status["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "Error")
    eventually(lambda: _status(run)["ready"])


def test_one_process_of_several_is_frozen_and_goes_on(run: OpenRun) -> None:
    script = "sleep 1000 & exec -a writer bash -c 'while :; do date +%s%N > /tmp/now; sleep 0.2; done'"
    pod = run.room.pod("ticking", script)
    pod["metadata"]["labels"] = {"app": "ticking"}
    run.room.apply(pod)
    eventually(lambda: run.room.get("pod", "ticking")["status"]["phase"] == "Running")
    eventually(lambda: _moves(run))
    run.strike(processes.kill(NAMESPACE, "app=ticking", "writer", signal="STOP"))
    assert not _moves(run), "it stands still"
    run.strike(processes.kill(NAMESPACE, "app=ticking", "bash", words="while", signal="CONT"))
    assert _moves(run)


def test_memory_runs_out_and_the_kernel_ends_the_container(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/toxiproxy")
    run.strike(resources.exhaust_memory(NAMESPACE, BARE))
    ended = eventually(lambda: _restarted(run))["lastState"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)
    eventually(lambda: _status(run)["ready"])
    assert not _hogs(run, "tail /dev/zero")


def test_processor_time_runs_out_for_as_long_as_it_was_said(run: OpenRun) -> None:
    limits = {"limits": {"cpu": "300m", "memory": "64Mi"}, "requests": {"cpu": "10m", "memory": "16Mi"}}
    pod = run.room.pod("worker", "trap 'exit 0' TERM; while :; do sleep 1; done", resources=limits)
    pod["metadata"]["labels"] = {"app": "worker"}
    run.room.apply(pod)
    eventually(lambda: run.room.get("pod", "worker")["status"]["phase"] == "Running")
    alone = _work(run)
    run.strike(resources.exhaust_cpu(NAMESPACE, "app=worker", lasts="12s", workers=4))
    assert _work(run) > 2 * alone
    assert _hogs(run, "while :; do :; done")
    eventually(lambda: not _hogs(run, "while :; do :; done"), within_s=30)
    assert _work(run) < 2 * alone


def test_a_hog_ends_with_its_container(run: OpenRun) -> None:
    victims.fixture(run, "fixtures/toxiproxy")
    run.strike(resources.exhaust_cpu(NAMESPACE, BARE, lasts="5m", workers=2))
    assert _hogs(run, "while :; do :; done")
    run.room.kubectl("delete", "deployment", "toxiproxy", "--wait")
    eventually(lambda: not _hogs(run, "while :; do :; done"), within_s=30)


def test_without_a_limit_of_its_own_nothing_is_exhausted(run: OpenRun) -> None:
    pod = run.room.pod("unbounded", "trap 'exit 0' TERM; while :; do sleep 1; done")
    pod["metadata"]["labels"] = {"app": "unbounded"}
    run.room.apply(pod)
    eventually(lambda: run.room.get("pod", "unbounded")["status"]["phase"] == "Running")
    with pytest.raises(ActivityFailed, match="has no memory limit"):
        run.strike(resources.exhaust_memory(NAMESPACE, "app=unbounded"))
    with pytest.raises(ActivityFailed, match="has no cpu limit"):
        run.strike(resources.exhaust_cpu(NAMESPACE, "app=unbounded", lasts="1s"))


def _status(run: OpenRun) -> dict[str, Any]:
    (pod,) = victims.pods(run, "toxiproxy")
    status: dict[str, Any] = pod["status"]["containerStatuses"][0]
    return status


def _restarted(run: OpenRun) -> dict[str, Any]:
    """The container's status once it was started again; empty before."""
    status = _status(run)
    return status if status["restartCount"] == 1 and status["lastState"] else {}


def _moves(run: OpenRun) -> bool:
    """Whether the writer writes, within three of its turns."""
    look = (
        "exec",
        "ticking",
        "--",
        "bash",
        "-c",
        "one=$(cat /tmp/now); sleep 1; [[ $one != $(cat /tmp/now) ]]; echo $?",
    )
    return run.room.kubectl(*look).strip() == "0"


def _work(run: OpenRun) -> float:
    """Seconds that a piece of work takes in the container `worker`: 1 alone, and 5 of the hogs' 12 beside them."""
    began = time.monotonic()
    run.room.kubectl("exec", "worker", "--", "bash", "-c", "for ((i = 0; i < 100000; i++)); do :; done", timeout_s=120)
    return time.monotonic() - began


def _hogs(run: OpenRun, words: str) -> bool:
    """Whether any node runs such a process."""
    return any(run.handle.node(name).exec_run(["pgrep", "-f", words]).exit_code == 0 for name in run.handle.nodes())
