"""What the on-call engineer is granted, and what only a front matter grants."""

from __future__ import annotations

import re

import pytest

from cluster.errors import BrokenScenario
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox.identity import account, home, objects
from experiments.toolbox.rights import LOOK, OWN, READ, Rule, cluster_wide, namespaced

pytestmark = pytest.mark.unit

RUN = "20261121T103000Z-cache-stampede-incident"
USUAL = FrontMatter()


def _granted(rules: tuple[Rule, ...]) -> set[tuple[str, str]]:
    return {(resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}


def test_nothing_usual_is_a_wildcard_or_yields_more_rights() -> None:
    granted = _granted((*OWN, *LOOK))
    assert not [pair for pair in granted if "*" in pair]
    climbing = {"roles", "rolebindings", "serviceaccounts/token", "pods/attach", "nodes", "namespaces"}
    assert not {resource for resource, _ in granted} & climbing
    assert not {verb for _, verb in granted} & {"impersonate", "escalate", "bind"}
    assert {verb for resource, verb in granted if resource == "serviceaccounts"} == set(READ)


def test_monitoring_is_read_only_and_shows_no_secrets() -> None:
    granted = _granted(LOOK)
    assert {verb for _, verb in granted} == set(READ)
    assert "secrets" not in {resource for resource, _ in granted}


def test_no_cluster_wide_right_without_front_matter() -> None:
    assert cluster_wide(("shop",), USUAL) == ()
    assert namespaced(("shop",), "shop-monitoring", "shop-oncall", USUAL) == {"shop": OWN, "shop-monitoring": LOOK}


def test_declared_rights_are_granted_and_no_others() -> None:
    read = FrontMatter(nodes="read", namespaces={"billing": "read", "shop-monitoring": "write"})
    assert namespaced(("shop",), "shop-monitoring", "shop-oncall", read) == {
        "shop": OWN,
        "shop-monitoring": OWN,
        "billing": LOOK,
    }
    assert ("nodes", "patch") not in _granted(cluster_wide(("shop",), read))
    assert ("nodes", "patch") in _granted(cluster_wide(("shop",), FrontMatter(nodes="cordon")))


def test_what_an_upgrade_broke_can_be_mended_by_name_alone() -> None:
    declared = FrontMatter(
        workloads="read",
        own_namespaces="label",
        cluster_roles=("shop-metrics",),
        accounts=("exporter",),
        resources=("settings.shop.example.com",),
    )
    wide = cluster_wide(("shop",), declared)
    assert Rule("", ("namespaces",), ("get", "patch"), ("shop",)) in wide
    assert Rule("rbac.authorization.k8s.io", ("clusterroles",), ("get", "patch"), ("shop-metrics",)) in wide
    assert all(rule.names for rule in wide if set(rule.verbs) - set(READ))
    rights = namespaced(("shop",), "shop-monitoring", "shop-oncall", declared)
    assert Rule("", ("serviceaccounts",), ("impersonate",), ("exporter",)) in rights["shop"]
    assert ("settings", "patch") in _granted(rights["shop"])
    assert rights["shop-monitoring"] == LOOK
    assert wide[-1].body()["resourceNames"] == ["shop-metrics"]
    assert "resourceNames" not in wide[0].body()


def test_role_bindings_can_be_taken_away_where_declared_and_roles_stay() -> None:
    bindings = "rolebindings.rbac.authorization.k8s.io"
    rights = namespaced(("shop",), "shop-monitoring", "shop-oncall", FrontMatter(resources=(bindings,)))
    granted = _granted(rights["shop"]) - _granted(OWN)
    assert ("rolebindings", "delete") in granted and {resource for resource, _ in granted} == {"rolebindings"}
    assert not {verb for _, verb in granted} & {"bind", "escalate"}, "with these it could give what it has not itself"
    assert rights["shop-monitoring"] == LOOK


@pytest.mark.parametrize("name", ["firedrill-prometheus", "cluster-admin", "system:kube-scheduler"])
def test_a_cluster_role_that_is_not_the_scenarios_is_refused(name: str) -> None:
    with pytest.raises(BrokenScenario, match=name):
        cluster_wide(("shop",), FrontMatter(cluster_roles=(name,)))


def test_own_namespace_keeps_its_rights_where_it_is_declared_as_read() -> None:
    assert namespaced(("shop",), "m", "shop-oncall", FrontMatter(namespaces={"shop": "read"}))["shop"] == OWN


@pytest.mark.parametrize("namespace", ["firedrill-system", "shop-oncall", "shop-watchtower"])
def test_the_labs_own_namespaces_are_refused(namespace: str) -> None:
    with pytest.raises(BrokenScenario, match=namespace):
        namespaced(("shop",), "m", "shop-oncall", FrontMatter(namespaces={namespace: "read"}))


def test_every_object_carries_the_run() -> None:
    made = objects(RUN, ("shop",), "shop-monitoring", FrontMatter(nodes="read"))
    assert {one["metadata"]["labels"]["firedrill.run"] for one in made} == {account(RUN)}
    assert (
        [one["metadata"]["name"] for one in made if one["kind"] == "Namespace"] == [home(("shop",))] == ["shop-oncall"]
    )
    kinds = [one["kind"] for one in made]
    assert kinds.count("RoleBinding") == 2 and kinds.count("ClusterRoleBinding") == 1
    assert all(one["metadata"].get("namespace") for one in made if one["kind"] in ("Role", "RoleBinding"))


@pytest.mark.parametrize("run_id", [RUN, "x" * 200, "a_b", "ends-with-"])
def test_account_is_a_label_and_a_name_and_tells_runs_apart(run_id: str) -> None:
    name = account(run_id)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)
    assert name != account(run_id + "2")
    assert account("plain-name") == "plain-name"


def test_monitoring_in_another_cluster_needs_no_right() -> None:
    assert set(namespaced(("shop",), None, home(("shop",)), USUAL)) == {"shop"}
