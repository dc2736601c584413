"""From Kubernetes', Prometheus' and Alertmanager's answers to what is compared."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.drill.looks.objects import picture_of
from experiments.drill.looks.paging import rules_of, silences_of
from experiments.drill.looks.picture import Scaler
from experiments.drill.looks.policies import closed, matches
from experiments.drill.looks.weak import weaknesses

pytestmark = pytest.mark.unit

SAFE = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001},
    "containers": [{"name": "shop", "securityContext": {"allowPrivilegeEscalation": False}}],
}
PODS = {"deployment shop/shop": {"app": "shop"}, "deployment shop/web": {"app": "web"}}


def policy(spec: dict[str, Any], namespace: str = "shop") -> dict[str, Any]:
    return {"metadata": {"name": "p", "namespace": namespace}, "spec": {"podSelector": {}, **spec}}


def meta(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", **more}


def test_a_policy_closes_what_it_selects_in_its_direction() -> None:
    own = policy({"podSelector": {"matchLabels": {"app": "shop"}}, "ingress": [{"from": [{"podSelector": {}}]}]})
    assert closed([own], PODS) == {"ingress of deployment shop/shop"}
    both = policy({"policyTypes": ["Ingress", "Egress"]})
    assert len(closed([both], PODS)) == 4
    assert closed([policy({}, "elsewhere")], PODS) == frozenset()


@pytest.mark.parametrize(
    "rule", [{}, {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}, {"from": [{"namespaceSelector": {}}]}]
)
def test_a_policy_that_lets_everything_through_closes_nothing(rule: dict[str, Any]) -> None:
    shut = policy({"ingress": [{"from": [{"podSelector": {}}]}]})
    assert closed([shut], PODS)
    assert closed([shut, policy({"ingress": [rule]})], PODS) == frozenset()


@pytest.mark.parametrize(
    "rule",
    [
        {"ports": [{"port": 8080}]},
        {"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]},
        {"from": [{"namespaceSelector": {"matchLabels": {"team": "web"}}}]},
    ],
)
def test_a_policy_that_lets_some_through_closes(rule: dict[str, Any]) -> None:
    assert len(closed([policy({"ingress": [rule]})], PODS)) == 2


def test_selectors_by_expression() -> None:
    def one(operator: str, *values: str) -> dict[str, Any]:
        return {"matchExpressions": [{"key": "app", "operator": operator, "values": [*values]}]}

    labels = {"app": "shop"}
    assert matches(one("In", "shop", "web"), labels) and not matches(one("In", "web"), labels)
    assert matches(one("NotIn", "web"), labels) and not matches(one("NotIn", "shop"), labels)
    assert matches(one("Exists"), labels) and not matches(one("DoesNotExist"), labels)


def test_a_confined_pod_is_not_weak() -> None:
    assert weaknesses(SAFE) == frozenset()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hostNetwork": True}, "network"),
        ({"hostPID": True}, "processes"),
        ({"volumes": [{"name": "x", "hostPath": {"path": "/"}}]}, "files"),
        ({"securityContext": {}}, "root"),
        ({"securityContext": {"runAsUser": 0}}, "root"),
        ({"containers": [{"securityContext": {"privileged": True, "allowPrivilegeEscalation": False}}]}, "privileged"),
        ({"containers": [{}]}, "gaining"),
        ({"initContainers": [{"securityContext": {"allowPrivilegeEscalation": False,
                                                  "capabilities": {"add": ["NET_ADMIN"]}}}]}, "NET_ADMIN"),
    ],
)  # fmt: skip
def test_a_door_is_named(change: dict[str, Any], word: str) -> None:
    [said] = weaknesses({**SAFE, **change})
    assert word in said


def test_a_picture_of_a_small_system() -> None:
    template = {"metadata": {"labels": {"app": "shop"}}, "spec": SAFE}
    picture = picture_of(
        {
            "deployment": [
                {
                    "metadata": meta("shop"),
                    "spec": {"replicas": 3, "template": template},
                    "status": {"availableReplicas": 2},
                }
            ],
            "daemonset": [
                {
                    "metadata": meta("agent"),
                    "spec": {"template": template},
                    "status": {"desiredNumberScheduled": 4, "numberAvailable": 4},
                }
            ],
            "service": [
                {
                    "metadata": meta("shop"),
                    "spec": {"selector": {"app": "shop"}, "ports": [{"port": 80, "targetPort": "http"}]},
                }
            ],
            "endpointslice": [
                {
                    "metadata": meta("shop-x", labels={"kubernetes.io/service-name": "shop"}),
                    "endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": False}}],
                }
            ],
            "persistentvolumeclaim": [{"metadata": meta("data", uid="u1")}],
            "configmap": [{"metadata": meta("kube-root-ca.crt")}, {"metadata": meta("shop")}],
            "horizontalpodautoscaler": [
                {
                    "metadata": meta("shop"),
                    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "shop"}, "maxReplicas": 9},
                }
            ],
            "namespace": [{"metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}],
            "pod": [
                {"metadata": meta("shop-abc", ownerReferences=[{}]), "spec": {"hostNetwork": True, "containers": []}},
                {"metadata": meta("debug"), "spec": {"hostNetwork": True, "containers": []}},
            ],
        }
    )
    shop = picture.workloads["deployment shop/shop"]
    assert (shop.replicas, shop.available, shop.labels, shop.weak) == (3, 2, {"app": "shop"}, frozenset())
    assert picture.workloads["daemonset shop/agent"].replicas == 4
    service = picture.services["service shop/shop"]
    assert (service.ready, service.ports) == (1, ("80/TCP to http",))
    assert picture.claims == {"claim shop/data": "u1"}
    assert picture.named == {"configmap shop/shop"}
    assert picture.scalers == {"autoscaler shop/shop": Scaler("deployment shop/shop", 1, 9)}
    assert picture.levels == {"shop": "baseline"}
    assert picture.loose == {"pod shop/debug": frozenset({"its node's network"})}


def test_rules_are_known_by_what_they_say_and_not_by_what_they_tell() -> None:
    def answer(**more: Any) -> dict[str, Any]:
        rule = {"name": "Down", "query": "up == 0", "duration": 5, "labels": {"team": "shop"}, **more}
        return {"data": {"groups": [{"rules": [rule]}]}}

    said = rules_of(answer())
    assert rules_of(answer(annotations={"summary": "x"}, state="firing")) == said
    for change in ({"query": "up == 2"}, {"duration": 900}, {"labels": {}}):
        assert rules_of(answer(**change)) != said


def test_only_active_silences_count() -> None:
    matchers = [{"name": "alertname", "value": "Down|Slow", "isRegex": True}]
    found = [
        {"id": state, "status": {"state": state}, "matchers": matchers} for state in ("active", "expired", "pending")
    ]
    assert silences_of(found) == {"active": "alertname=~Down|Slow"}
