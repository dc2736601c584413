"""Changes take effect within 2 s: of policies, labels and pods, and on connections that are open."""

from __future__ import annotations

import json
import time
from functools import partial

import pytest
from kubernetes import client as kube

from tests.cluster.network import objects
from tests.cluster.network.attempt import NAMESPACES, Attempt, Pod, pod
from tests.cluster.network.prober import Tally
from tests.cluster.network.world import EFFECT_S, World, until

pytestmark = pytest.mark.cluster

DENY = "{podSelector: {}, policyTypes: [Ingress, Egress]}"
FROM_B = "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {ns: b}}}]}]}"
#: longer than any pause of a stream that goes on, shorter than what a test may take
QUIET_S = 1.0


def test_a_policy_that_is_edited_and_removed(world: World) -> None:
    world.policy("a", "edited", FROM_B)
    assert world.settle(lambda a: a.dst.ns != "a" or a.src.ns == "b", time.monotonic()) == []
    world.policy("a", "edited", FROM_B.replace("ns: b", "ns: c"))
    assert world.settle(lambda a: a.dst.ns != "a" or a.src.ns == "c", time.monotonic()) == []
    world.drop_policies()
    assert world.settle(lambda _: True, time.monotonic()) == []


def test_labels_of_pods_and_namespaces_that_change(world: World) -> None:
    world.policy("a", "labels", "{podSelector: {matchLabels: {pod: x}}, ingress: [{from: [{podSelector: "
                 "{matchLabels: {role: friend}}}, {namespaceSelector: {matchLabels: {role: friend}}}]}]}")  # fmt: skip
    assert world.settle(lambda a: str(a.dst) != "a/x", time.monotonic()) == []
    relabel_pod(world, "a/y", {"role": "friend"})
    assert world.settle(lambda a: str(a.dst) != "a/x" or str(a.src) == "a/y", time.monotonic()) == []
    relabel_namespace(world, "c", {"role": "friend"})
    assert world.settle(lambda a: str(a.dst) != "a/x" or str(a.src) == "a/y" or a.src.ns == "c", time.monotonic()) == []
    relabel_pod(world, "a/y", {"role": None})
    relabel_namespace(world, "c", {"role": None})
    relabel_pod(world, "a/x", {"pod": "renamed"})
    relabel_pod(world, "a/z", {"pod": "x"})
    assert world.settle(lambda a: str(a.dst) != "a/z", time.monotonic()) == []
    relabel_pod(world, "a/x", {"pod": "x"})
    relabel_pod(world, "a/z", {"pod": "z"})
    assert world.settle(lambda a: str(a.dst) != "a/x", time.monotonic()) == []


def test_a_pod_that_is_replaced_keeps_its_place(world: World) -> None:
    world.policy("a", "place", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {pod: y}}}]}]}")
    friend = pod("a/y")
    before = world.ips[friend]
    replace_pod(world, friend, ["serve", str(friend)])
    world.connect(friend)
    assert world.ips[friend] != before, "the pod has its old address: the test shows nothing"
    assert world.settle(lambda a: a.dst.ns != "a" or str(a.src) == "a/y", time.monotonic()) == []


def test_a_new_pod_is_isolated_from_its_first_moment(world: World) -> None:
    target = f"udp {world.ips[pod('b/y')]}:80"
    world.policy("a", "first-moment", "{podSelector: {matchLabels: {pod: new}}, policyTypes: [Egress]}")
    assert insist(world, Pod("a", "new"), target).answered == 0
    free = insist(world, Pod("c", "new"), target)
    # The API shows its address only a second later: who waited for that would lose a third.
    assert free.answered > 0.9 * free.asked, "a pod without a policy is cut off at its first moment"


#: policies under which nobody reaches b/z, or b reaches nobody, but for namespace c
CUTS = {
    "ingress": "{podSelector: {matchLabels: {pod: z}}, "
    "ingress: [{from: [{namespaceSelector: {matchLabels: {ns: c}}}]}]}",
    "egress": "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {ns: c}}}]}]}",
}


@pytest.mark.parametrize("how", ["hold", "subscribe"])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
@pytest.mark.parametrize("direction", CUTS)
def test_an_open_connection_is_cut(world: World, how: str, protocol: str, direction: str) -> None:
    cut = [Attempt(pod("b/x"), pod("b/z"), protocol, 80), Attempt(pod("b/y"), pod("b/z"), protocol, 81)]
    spared = Attempt(pod("b/x"), pod("c/x"), protocol, 80)
    watchers = {a: world.probers[a.src].watch(how, world.target(a, through_service=True)) for a in (*cut, spared)}
    for a, watcher in watchers.items():
        until(f"{a} is answered", partial(answered, world, a, watcher), 5)
    world.policy("b", "cut", CUTS[direction])
    applied = time.time()
    until("2 s and a quiet moment are over", lambda: time.time() > applied + EFFECT_S + QUIET_S, 10)
    last = {a: world.probers[a.src].stop(watcher).last for a, watcher in watchers.items()}
    assert {str(a): last[a] - applied for a in cut if last[a] > applied + EFFECT_S} == {}
    assert last[spared] > applied + EFFECT_S, "a connection that the policy allows ended, too"


def answered(world: World, attempt: Attempt, watcher: int) -> bool:
    """Whether a watcher has had some answers."""
    return world.probers[attempt.src].look(watcher).answered > 3


def relabel_pod(world: World, name: str, labels: dict[str, str | None]) -> None:
    """Sets labels of a pod of the matrix; None removes one."""
    changed = pod(name)
    world.core.patch_namespaced_pod(changed.name, changed.namespace, {"metadata": {"labels": labels}})


def relabel_namespace(world: World, ns: str, labels: dict[str, str | None]) -> None:
    """Sets labels of a namespace of the matrix; None removes one."""
    world.core.patch_namespace(NAMESPACES[ns], {"metadata": {"labels": labels}})


def replace_pod(world: World, replaced: Pod, command: list[str]) -> None:
    """Deletes a pod and makes it anew."""
    world.handle.kubectl("-n", replaced.namespace, "delete", "pod", replaced.name)
    made = objects.pod(replaced, world.image, world.node_of(replaced))
    made["spec"]["containers"][0]["args"] = command
    world.apply([made])


def insist(world: World, new: Pod, target: str) -> Tally:
    """Starts a pod that asks a target from its first moment on, for 3 s; what came of it."""
    node = world.node_of(pod("a/x"))
    world.apply([objects.pod(new, world.image, node, ["insist", target, "3s"])])
    try:
        until(f"{new} has ended", lambda: phase(world.core, new) == "Succeeded", 60)
        tally = Tally(
            **json.loads(world.core.read_namespaced_pod_log(new.name, new.namespace, _preload_content=False).data)
        )
    finally:
        world.handle.kubectl("-n", new.namespace, "delete", "pod", new.name)
    assert tally.asked > 100, "the pod hardly asked"
    return tally


def phase(core: kube.CoreV1Api, asked: Pod) -> str:
    """The phase of a pod."""
    return str(core.read_namespaced_pod(asked.name, asked.namespace).status.phase)
