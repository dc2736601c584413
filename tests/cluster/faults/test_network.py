"""Faults of the network: who is cut off from whom, who is not, and that the undo joins them again."""

from __future__ import annotations

import time

import pytest
from chaoslib.exceptions import ActivityFailed

from firedrill.faults import network
from tests.cluster.faults.open_run import NAMESPACE, OpenRun
from tests.cluster.faults.talkers import Talker, opens_from, talkers
from tests.cluster.workshop import eventually, workshop

pytestmark = pytest.mark.nightly

#: a policy takes effect within 2 s; the rules of a partition stand when the step returns
EFFECT_S = 2.0
QUIET_S = 1.0


def test_a_partition_of_nodes_cuts_their_pods_and_themselves_and_nothing_else(run: OpenRun) -> None:
    left, right, third = talkers(run.room, left="worker", right="worker2", third="worker3")
    open_before = left.prober.watch("hold", f"tcp {right.address}:80")
    eventually(lambda: left.prober.look(open_before).answered > 3, 5)
    run.strike(network.partition(network.nodes("worker"), network.nodes("worker2")))
    assert not answered_within(left, open_before, QUIET_S), "an open connection goes on"
    for protocol in ("tcp", "udp"):
        assert not left.reaches(right, protocol)
        assert not right.reaches(left, protocol)
        assert left.reaches(third, protocol) and third.reaches(right, protocol)
    # The control plane is in no zone and on no side: kubelets reach it, and it reached all three pods for this test.
    assert not opens_from(run.handle, "worker", address_of(run, "worker2"), 10250)
    assert not opens_from(run.handle, "worker2", left.address, 80)
    assert opens_from(run.handle, "worker", address_of(run, "control-plane"), 6443)
    assert run.undo().undone
    assert left.reaches(right) and right.reaches(left)
    assert opens_from(run.handle, "worker", address_of(run, "worker2"), 10250)
    eventually(lambda: answered_within(left, open_before, QUIET_S), 10)  # TCP sends again what was lost


def test_a_one_way_partition_loses_one_direction(run: OpenRun) -> None:
    left, right = talkers(run.room, left="worker", right="worker2")
    pods = network.pods(NAMESPACE, "app=left"), network.pods(NAMESPACE, "app=right")
    stream = left.prober.watch("subscribe", f"udp {right.address}:80")
    eventually(lambda: left.prober.look(stream).answered > 3, 5)
    run.strike(network.partition(*pods, one_way=True))
    assert answered_within(left, stream, QUIET_S), "what the other side sends is lost, too"
    assert not left.reaches(right, "udp"), "what this side sends arrives"
    assert not right.reaches(left, "tcp"), "TCP lives without answers"
    assert opens_from(run.handle, "worker2", left.address, 80)  # its node is no side
    assert run.undo().undone
    assert left.reaches(right, "udp") and right.reaches(left, "tcp")
    run.strike(network.partition(*reversed(pods), one_way=True))
    assert not answered_within(left, stream, QUIET_S), "what the other side sends arrives"
    assert run.undo().undone
    assert answered_within(left, stream, QUIET_S)


def test_a_partition_of_zones_ends_at_its_limit_without_the_runner(run: OpenRun) -> None:
    left, right, third = talkers(run.room, left="worker", right="worker2", third="worker3")
    run.strike(network.partition(network.zones("a"), network.zones("b", "c"), limit="5s"))
    assert not left.reaches(right) and not third.reaches(left)
    assert right.reaches(third)
    eventually(lambda: left.reaches(right) and third.reaches(left), 10)
    assert run.undo().undone  # nothing is left to do, and that is no error
    noted = [event.title for event in run.session.folder.events() if event.detail.get("elapsed")]
    assert len(noted) == 3, noted


def test_a_partition_that_ends_in_the_story_ends_by_itself_and_leaves_no_trace_of_a_limit(run: OpenRun) -> None:
    left, right = talkers(run.room, left="worker", right="worker2")
    pods = network.pods(NAMESPACE, "app=left"), network.pods(NAMESPACE, "app=right")
    run.strike(network.partition(*pods, lasts="5s"))
    assert not left.reaches(right) and not right.reaches(left)
    eventually(lambda: left.reaches(right) and right.reaches(left), 10)
    assert run.undo().undone
    assert not [event.title for event in run.session.folder.events() if event.detail.get("elapsed")]


def test_a_partition_that_makes_no_sense_is_refused_before_anything_is_touched(run: OpenRun) -> None:
    (left,) = talkers(run.room, left="worker")
    own = network.pods(NAMESPACE, "app=left")
    for one, other, why in (
        (own, network.nodes(left.node), "overlap"),
        (own, network.pods(NAMESPACE, "app=nobody"), "no pods app=nobody"),
        (own, network.nodes("worker9"), "no node"),
        (own, network.zones("z"), "No node is in zone z; the zones are a, b, c"),
        (own, network.pods("kube-system", "app=network-agent"), "take the node as a side"),
    ):
        with pytest.raises(ActivityFailed, match=why):
            run.strike(network.partition(one, other))
    assert run.session.journal.owed() == []


def test_a_denied_pod_is_alone_but_for_whom_the_policy_names(run: OpenRun) -> None:
    left, right, third = talkers(run.room, left="worker", right="worker2", third="worker3")
    open_before = left.prober.watch("hold", f"tcp {right.address}:80")
    eventually(lambda: left.prober.look(open_before).answered > 3, 5)
    run.strike(network.deny(NAMESPACE, "app=right", but=[network.pods(NAMESPACE, "app=third")]))
    eventually(lambda: not left.reaches(right), EFFECT_S)
    assert not answered_within(left, open_before, QUIET_S), "an open connection goes on"
    assert not right.reaches(left)
    assert third.reaches(right) and right.reaches(third) and left.reaches(third)
    # It goes away with the run's namespace; until then a runbook may delete it by its name.
    assert run.session.journal.owed() == []
    run.room.kubectl("delete", "networkpolicy", "platform-baseline")
    eventually(lambda: left.reaches(right), EFFECT_S)


def test_a_policy_outside_the_run_is_deleted_by_the_undo(run: OpenRun) -> None:
    (left,) = talkers(run.room, left="worker")
    with workshop(run.handle, "next-door") as room:
        (right,) = talkers(room, right="worker2")
        step = network.deny("next-door", outgoing=False)
        run.strike(step)
        eventually(lambda: not left.reaches(right), EFFECT_S)
        assert right.reaches(left), "what goes out was not to be denied"
        with pytest.raises(ActivityFailed, match="platform-baseline in next-door already"):
            run.strike(step)
        assert run.undo().undone == ["delete networkpolicy/platform-baseline in next-door"]
        eventually(lambda: left.reaches(right), EFFECT_S)


def answered_within(asker: Talker, watcher: int, within_s: float) -> bool:
    """Whether a watcher is answered during this time from now on; answers on their way now do not count."""
    begun = time.time() + 0.1
    deadline = begun + within_s
    while time.time() < deadline:
        if asker.prober.look(watcher).last > begun:
            return True
        time.sleep(0.05)
    return False


def address_of(run: OpenRun, node: str) -> str:
    """A node's address in the lab's network."""
    lab = run.handle.lab
    return str(run.handle.node(f"{lab.name}-{node}").attrs["NetworkSettings"]["Networks"][lab.network]["IPAddress"])
