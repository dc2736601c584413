"""What counts against a fix: nine ways to make the graph look good, and what a fix may well do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.catalogue import Catalogue
from experiments.drill.looks.compare import findings
from experiments.drill.looks.licence import Licence, licence
from experiments.drill.looks.picture import Alerting, Picture, Scaler, Service, Workload
from experiments.record.drill import Finding
from experiments.record.files import RunbookBlock

pytestmark = pytest.mark.unit

SHOP, DATABASE = "deployment shop/shop", "statefulset shop/postgres"
LABELS = {"app": "shop"}
ALERTING = Alerting(
    rules={"Down": ("up == 0 for 5 []",), "Watchdog": ("vector(1) for 0 []",)}, silences={}, routes="route: oncall"
)
DEPLOYED = Picture(
    workloads={SHOP: Workload(2, 2, LABELS), DATABASE: Workload(1, 1, {"app": "postgres"})},
    services={"service shop/shop": Service(LABELS, ("8080/TCP to http",), 2)},
    closed=frozenset({f"ingress of {DATABASE}"}),
    claims={"claim shop/data-postgres-0": "uid-1"},
    scalers={},
    budgets={"disruption budget shop/shop": "minAvailable: 1"},
    levels={"shop": "restricted"},
    named=frozenset({"configmap shop/shop"}),
    loose={},
    alerting={"shop-monitoring": ALERTING},
)


def compared(now: Picture, faulty: Picture = DEPLOYED, allowed: Licence | None = None) -> list[Finding]:
    return findings(DEPLOYED, faulty, now, allowed or Licence())


def refused(now: Picture, faulty: Picture = DEPLOYED, allowed: Licence | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.thing) for one in compared(now, faulty, allowed) if one.refuses]


def workload(name: str, one: Workload | None, picture: Picture = DEPLOYED) -> Picture:
    kept = {key: value for key, value in picture.workloads.items() if key != name}
    return replace(picture, workloads=kept if one is None else {**kept, name: one})


def service(selector: dict[str, str], ready: int) -> Picture:
    return replace(DEPLOYED, services={"service shop/shop": Service(selector, ("8080/TCP to http",), ready)})


def alerting(one: Alerting) -> Picture:
    return replace(DEPLOYED, alerting={"shop-monitoring": one})


def test_an_untouched_system_has_no_findings() -> None:
    assert compared(DEPLOYED) == []


COSMETIC = [
    (alerting(replace(ALERTING, silences={"s1": "alertname=Down"})), "alert-silenced"),
    (alerting(replace(ALERTING, routes="route: nobody")), "alert-silenced"),
    (alerting(replace(ALERTING, rules={"Watchdog": ALERTING.rules["Watchdog"]})), "alert-changed"),
    (alerting(replace(ALERTING, rules={**ALERTING.rules, "Down": ("up == 0 for 9000 []",)})), "alert-changed"),
    (workload(SHOP, None), "workload-gone"),
    (workload(SHOP, Workload(0, 0, LABELS)), "workload-scaled-away"),
    (workload(SHOP, Workload(1, 1, LABELS)), "workload-scaled-away"),
    (workload(SHOP, Workload(2, 0, LABELS)), "service-broken"),
    (service({"app": "nobody"}, 0), "traffic-gone"),
    (service(LABELS, 0), ""),
    (workload(SHOP, Workload(2, 2, {"app": "renamed"}), service(LABELS, 0)), "traffic-gone"),
    (replace(DEPLOYED, services={}), "traffic-gone"),
    (replace(DEPLOYED, closed=frozenset()), "opened"),
    (replace(DEPLOYED, levels={"shop": "privileged"}), "opened"),
    (workload(SHOP, Workload(2, 2, LABELS, frozenset({"running as root"}))), "opened"),
    (replace(DEPLOYED, loose={"pod shop/debug": frozenset({"its node's files"})}), "opened"),
    (replace(DEPLOYED, claims={}), "data-lost"),
    (replace(DEPLOYED, claims={"claim shop/data-postgres-0": "uid-2"}), "data-lost"),
]


@pytest.mark.parametrize(("now", "kind"), COSMETIC, ids=[f"{n}-{kind}" for n, (_, kind) in enumerate(COSMETIC)])
def test_a_cosmetic_fix_is_refused_with_its_reason(now: Picture, kind: str) -> None:
    found = [one for one in compared(now) if one.refuses]
    assert [one.kind for one in found] == ([kind] if kind else [])
    assert all(one.text.endswith(".") and len(one.text) > 20 for one in found)


def test_what_a_fix_may_do_is_not_held_against_it() -> None:
    more = workload(SHOP, Workload(6, 6, LABELS))
    more = replace(more, closed=DEPLOYED.closed | {f"ingress of {SHOP}"}, levels={"shop": "restricted"})
    assert compared(more) == []


def test_what_the_fault_did_is_not_held_against_the_trainee() -> None:
    less = workload(SHOP, Workload(1, 1, LABELS))
    assert refused(less, faulty=less) == []
    assert refused(workload(SHOP, None), faulty=workload(SHOP, None)) == []
    opened = replace(DEPLOYED, closed=frozenset())
    assert refused(opened, faulty=opened) == []
    lost = replace(DEPLOYED, claims={"claim shop/data-postgres-0": "uid-2"})
    assert refused(lost, faulty=lost) == []


def test_what_the_fault_closed_may_be_opened_again() -> None:
    shut = replace(DEPLOYED, closed=DEPLOYED.closed | {f"ingress of {SHOP}"})
    assert refused(DEPLOYED, faulty=shut) == []


def test_what_the_fault_scaled_up_may_go_back_and_no_further() -> None:
    faulty = workload(SHOP, Workload(9, 9, LABELS))
    assert refused(DEPLOYED, faulty=faulty) == []
    assert refused(workload(SHOP, Workload(1, 1, LABELS)), faulty=faulty) == [("workload-scaled-away", SHOP)]


def test_an_autoscaler_may_take_what_its_minimum_leaves() -> None:
    scaled = replace(DEPLOYED, scalers={"autoscaler shop/shop": Scaler(SHOP, 1, 9)})
    now = workload(SHOP, Workload(1, 1, LABELS), scaled)
    assert [one for one in findings(scaled, scaled, now, Licence()) if one.refuses] == []
    gone = workload(SHOP, Workload(0, 0, LABELS), scaled)
    assert [one.kind for one in findings(scaled, scaled, gone, Licence()) if one.refuses] == ["workload-scaled-away"]


def test_collateral_costs_points_and_refuses_nothing() -> None:
    now = replace(
        DEPLOYED,
        budgets={},
        named=frozenset(),
        loose={"pod shop/debug": frozenset()},
        services={"service shop/shop": Service({"app": "postgres"}, ("8080/TCP to http",), 1)},
    )
    found = compared(workload(SHOP, Workload(2, 1, LABELS), now))
    assert {one.kind for one in found} == {"collateral"} and not any(one.refuses for one in found)
    assert {one.thing for one in found} == {
        "disruption budget shop/shop", "configmap shop/shop", "pod shop/debug", "service shop/shop", SHOP,
    }  # fmt: skip


def test_what_refuses_is_said_first() -> None:
    now = replace(workload(SHOP, None), budgets={})
    assert [one.refuses for one in compared(now)] == [True, False]


def of_runbook(name: str) -> Licence:
    root = Path(__file__).resolve().parents[3]
    return licence(Catalogue.of_checkout(root).find(name).runbook.blocks)


def test_a_runbook_that_replaces_a_volume_allows_it_and_no_loss_of_it() -> None:
    allowed = of_runbook("replica-lag-failover")
    assert allowed.covers("claim orders/data-postgres-0")
    assert not allowed.covers("claim orders/data-postgres-replica-0")
    replaced = replace(DEPLOYED, claims={"claim shop/data-postgres-0": "uid-2"})
    assert refused(replaced, allowed=allowed) == []
    assert refused(replace(DEPLOYED, claims={}), allowed=allowed) == [("data-lost", "claim shop/data-postgres-0")]


def test_a_runbook_that_leaves_a_workload_asleep_allows_that() -> None:
    allowed = of_runbook("split-brain-failover")
    assert allowed.leaves("deployment bookings/failover") == 0
    assert allowed.leaves("statefulset bookings/postgres-replica") == 1
    assert allowed.covers("service bookings/west") and not allowed.covers("service bookings/east")


def test_a_runbook_that_scales_down_and_up_again_leaves_what_it_says_last() -> None:
    assert of_runbook("redis-restart-serves-empty").leaves("deployment invoicing/charges") == 2


def test_what_is_only_looked_at_is_not_allowed() -> None:
    assert of_runbook("cache-stampede") == Licence(touched=frozenset({"deployment shop"}), scaled={})


def test_a_runbook_that_scales_a_workload_does_not_allow_to_delete_it() -> None:
    fix = "kubectl -n shop scale deployment/shop --replicas=3\nkubectl -n shop delete deployment/stray\n"
    allowed = licence([RunbookBlock(index=0, section="Fix", kind="fix", line=1, script=fix)])
    assert (allowed.covers(SHOP), allowed.removes(SHOP)) == (True, False)
    assert allowed.removes("deployment shop/stray")
    assert refused(workload(SHOP, None), allowed=allowed) == [("workload-gone", SHOP)]
