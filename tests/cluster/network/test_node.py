"""What holds beside policies: who is seen as whom, nodes and their own pods, Services, names, and a new agent."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.cluster.network.attempt import NAMESPACES, Attempt, Pod, pod
from tests.cluster.network.outside import further_destinations
from tests.cluster.network.world import World, until

pytestmark = pytest.mark.cluster

DENY = "{podSelector: {}, policyTypes: [Ingress, Egress]}"
AGENT = ("-n", "kube-system", "-l", "app=network-agent")


def test_a_pod_is_seen_as_itself_in_the_cluster(world: World) -> None:
    source = pod("a/x")
    for destination in (pod("b/x"), pod("b/y"), pod("c/z")):
        for protocol in ("tcp", "udp"):
            attempt = Attempt(source, destination, protocol, 80)
            for through_service in (False, True):
                seen = world.probers[source].see(world.target(attempt, through_service))
                assert seen == f"{destination} {world.ips[source]}", f"{attempt}, Service: {through_service}"


def test_a_pod_is_seen_as_its_node_outside_the_cluster(world: World, declared: str) -> None:
    source = pod("a/x")
    node = world.core.read_namespaced_pod(source.name, source.namespace).status.host_ip
    for protocol in ("tcp", "udp"):
        assert world.probers[source].see(f"{protocol} {declared}:80") == f"outside {node}"


def test_what_one_namespace_declares_is_closed_to_another(world: World, declared: str) -> None:
    assert world.probers[pod("b/x")].see(f"tcp {declared}:80", 0.5) == ""
    assert world.probers[pod("a/x")].see(f"tcp {declared}:80").startswith("outside ")


def test_outside_the_cluster_is_a_block_like_any_other(world: World, declared: str) -> None:
    outside, prober = declared, world.probers[pod("a/x")]
    world.policy("a", "out", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: "
                 f"{{cidr: {outside}/32}}}}], ports: [{{port: 80}}]}}]}}")  # fmt: skip
    until("only that port of it is reached", lambda: not prober.see(f"tcp {outside}:81", 0.5), 5)
    assert prober.see(f"tcp {outside}:80").startswith("outside ")
    assert prober.see(f"udp {outside}:80", 0.5) == ""


def test_a_pod_reaches_itself_through_its_service(world: World) -> None:
    world.policy("a", "deny", DENY)
    assert world.settle(lambda a: "a" not in (a.src.ns, a.dst.ns), time.monotonic()) == []
    own = pod("a/y")
    for protocol in ("tcp", "udp"):
        seen = world.probers[own].see(world.target(Attempt(own, own, protocol, 80), through_service=True))
        assert seen.startswith(f"{own} "), protocol


def test_a_node_reaches_its_own_pods_and_is_judged_at_others(world: World) -> None:
    world.policy("a", "deny", DENY)
    assert world.settle(lambda a: "a" not in (a.src.ns, a.dst.ns), time.monotonic()) == []
    asked = pod("a/x")
    own, other = world.node_of(asked), world.node_of(pod("a/y"))
    assert own != other
    assert ask_from_node(world, own, asked)
    assert not ask_from_node(world, other, asked)


def test_names_are_resolved_only_where_dns_is_allowed(world: World) -> None:
    prober = world.probers[pod("a/x")]
    by_name = "tcp x.netpol-b:80"
    to_b = "{to: [{namespaceSelector: {matchLabels: {ns: b}}}]}"
    dns = ("{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, "
           "podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}")  # fmt: skip
    world.policy("a", "names", f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{to_b}]}}")
    assert world.settle(lambda a: a.src.ns != "a" or a.dst.ns == "b", time.monotonic()) == []
    assert prober.see(by_name, 1.0) == ""
    world.policy("a", "names", f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{to_b}, {dns}]}}")
    until("the name is resolved and the pod reached", lambda: prober.see(by_name).startswith("b/x "), 5)


def test_a_new_agent_leaves_no_gap(world: World) -> None:
    world.policy("a", "deny", DENY)
    assert world.settle(lambda a: "a" not in (a.src.ns, a.dst.ns), time.monotonic()) == []
    denied = [Attempt(pod(src), pod(dst), protocol, 80) for src, dst, protocol in (
        ("b/x", "a/x", "udp"), ("b/x", "a/y", "tcp"), ("a/z", "c/z", "udp"), ("a/y", "c/x", "tcp"))]  # fmt: skip
    floods = {a: world.probers[a.src].watch("flood", world.target(a)) for a in denied}
    allowed = Attempt(pod("c/x"), pod("b/z"), "tcp", 80)
    hold = world.probers[allowed.src].watch("hold", world.target(allowed))
    old = agents(world)
    world.handle.kubectl("delete", "pod", *AGENT, "--wait=false")
    until("every node has a new agent that is ready", lambda: renewed(old, agents(world)), 60)
    back = time.time()
    until("the allowed connection is answered", lambda: world.probers[allowed.src].look(hold).last > back, 5)
    world.probers[allowed.src].stop(hold)
    tallies = {a: world.probers[a.src].stop(flood) for a, flood in floods.items()}
    assert {str(a): tally.answered for a, tally in tallies.items() if tally.answered} == {}
    assert all(tally.asked > 100 for tally in tallies.values()), "hardly anything was tried"


def test_a_policy_made_while_there_is_no_agent_holds_when_it_is_back(world: World) -> None:
    old = agents(world)
    world.handle.kubectl("delete", "pod", *AGENT, "--wait=false")
    world.policy("a", "deny", DENY)
    until("every node has a new agent that is ready", lambda: renewed(old, agents(world)), 60)
    assert world.settle(lambda a: "a" not in (a.src.ns, a.dst.ns), time.monotonic()) == []


@pytest.fixture
def declared(world: World, outside: str) -> Iterator[str]:
    """The address of a server outside the cluster, which namespace a declares."""
    further_destinations(world.core, NAMESPACES["a"], f"{outside}/32")
    try:
        until("a pod reaches it", lambda: world.probers[pod("a/x")].see(f"tcp {outside}:80", 0.5) != "", 5)
        yield outside
    finally:
        further_destinations(world.core, NAMESPACES["a"], None)


def agents(world: World) -> dict[str, bool]:
    """Each agent pod's UID, and whether it is ready."""
    listed = world.core.list_namespaced_pod("kube-system", label_selector="app=network-agent").items
    return {
        p.metadata.uid: any(c.type == "Ready" and c.status == "True" for c in p.status.conditions or []) for p in listed
    }


def renewed(old: dict[str, bool], now: dict[str, bool]) -> bool:
    """Whether all agents are others than before, and ready."""
    return len(now) == len(old) and all(now.values()) and not old.keys() & now.keys()


def ask_from_node(world: World, node: str, asked: Pod) -> bool:
    """Whether a node gets an answer from a pod."""
    script = f"exec 3<>/dev/tcp/{world.ips[asked]}/80 && echo >&3 && read -r -t 1 answer <&3 && echo $answer"
    code, out = world.handle.node(node).exec_run(["timeout", "2", "bash", "-c", script])
    return bool(code == 0 and out.decode().startswith(f"{asked} "))
