"""Network faults as values: what is refused while a scenario is written, and what the steps come to."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from cluster.errors import LabError
from experiments.actions import network as actions
from experiments.actions.sides import Ground, refuse_overlap
from experiments.judge.limits import LIMIT
from experiments.model.sides import SIDE
from firedrill.faults import network, toxics

pytestmark = pytest.mark.unit


def test_a_policy_denies_what_its_step_says() -> None:
    step = network.deny(
        "shop", "app=shop,tier==web", incoming=False, but=[network.pods("kube-system", "k8s-app=kube-dns")]
    )
    arguments: dict[str, Any] = dict(step.arguments)
    assert arguments.pop("namespace") == "shop"
    spec: Any = actions.policy(**arguments)["spec"]
    assert spec["podSelector"] == {"matchLabels": {"app": "shop", "tier": "web"}}
    assert spec["policyTypes"] == ["Egress"]
    assert "ingress" not in spec
    assert spec["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ]
        }
    ]


def test_nobody_is_let_in_unless_named() -> None:
    spec: Any = actions.policy("p", {}, ["Ingress", "Egress"], [])["spec"]
    assert spec == {"podSelector": {"matchLabels": {}}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("selector", ["app", "app!=shop", "app in (a, b)", "!app", "a=b=c"])
def test_a_policy_takes_labels_alone(selector: str) -> None:
    with pytest.raises(ValueError, match="is no label with its value"):
        network.deny("shop", selector)


def test_what_denies_nothing_or_the_labs_own_is_refused() -> None:
    with pytest.raises(ValueError, match="denies nothing"):
        network.deny("shop", incoming=False, outgoing=False)
    with pytest.raises(ValueError, match="no fault strikes there"):
        network.deny("firedrill-system")


def test_sides_come_back_from_a_steps_arguments() -> None:
    for side in (network.pods("shop", "app in (a, b)"), network.nodes("worker", "worker2"), network.zones("a")):
        step = network.partition(side, network.zones("b"), one_way=True, limit="90s")
        assert SIDE.validate_python(step.arguments["one"]) == side
        assert step.arguments["both_ways"] is False
        assert step.arguments["limit_s"] == 90.0


def test_a_partition_that_ends_in_the_story_has_no_limit() -> None:
    step = network.partition(network.zones("a"), network.zones("b"), lasts="20s")
    assert step.function == "partition_for"
    assert step.arguments["lasts_s"] == 20.0
    assert LIMIT not in step.arguments
    assert step.title.endswith("for 20 s")


def test_what_is_no_partition_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off from itself"):
        network.partition(network.zones("a"), network.zones("a"))
    with pytest.raises(ValueError, match="5s to 15m"):
        network.partition(network.zones("a"), network.zones("b"), limit="1h")
    with pytest.raises(ValueError, match="5s to 15m"):
        network.partition(network.zones("a"), network.zones("b"), lasts="1s")
    with pytest.raises(ValueError):
        network.nodes()
    with pytest.raises(ValueError):
        network.nodes("no such; name")


def test_sides_that_share_an_address_are_refused() -> None:
    pod, node = (Ground(frozenset({IPv4Network(text)}), frozenset({"n"})) for text in ("10.244.1.5", "10.244.1.0/24"))
    with pytest.raises(LabError, match=r"overlap: 10\.244\.1\.5/32 and 10\.244\.1\.0/24"):
        refuse_overlap(pod, node)


def test_the_table_drops_each_way_where_packets_pass_and_arrive() -> None:
    here, there = [IPv4Network("10.244.2.0/24"), IPv4Network("10.0.0.2")], [IPv4Network("10.244.3.0/24")]
    text = actions.ruleset("firedrill-cut-1", [(here, there)])
    drop = "ip saddr { 10.0.0.2/32, 10.244.2.0/24 } ip daddr { 10.244.3.0/24 } drop"
    assert text.startswith("table ip firedrill-cut-1 {\n")
    assert text.count(drop) == 2
    assert "hook forward" in text
    assert "hook input" in text
    assert text.count("drop") == 2  # one way alone


def test_toxics_say_what_toxiproxy_takes() -> None:
    step = toxics.latency("redis", "200ms", jitter="50ms", namespace="shop", stream="upstream", toxicity=0.5)
    assert step.arguments["attributes"] == {"latency": 200, "jitter": 50}
    assert (step.arguments["stream"], step.arguments["toxicity"]) == ("upstream", 0.5)
    assert "50% of connections" in step.title
    assert toxics.reset("redis", "1s", namespace="shop").arguments["attributes"] == {"timeout": 1000}
    assert toxics.bandwidth("redis", 8, namespace="shop").arguments["attributes"] == {"rate": 8}


def test_toxics_that_do_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="would do nothing"):
        toxics.latency("redis", 0, namespace="shop")
    with pytest.raises(ValueError, match="KB/s is refused"):
        toxics.bandwidth("redis", 0, namespace="shop")
    for toxicity in (0.0, 1.5):
        with pytest.raises(ValueError, match="it is a share"):
            toxics.timeout("redis", namespace="shop", toxicity=toxicity)
