"""A PodDisruptionBudget for every stateful workload of more than one replica.

It holds back what asks for an eviction, such as a drain. It does not hold back a node that runs out of memory or disk,
one that is lost, or a rollout; and with one replica alone it would only make a drain wait for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.audit_hardening.finding import OPEN, Finding, or_well
from tools.audit_hardening.objects import Namespace, Object, Workload, mapping
from tools.bad_input import BadInput
from tools.validate_network_policy.selectors import matches

CHECK = "disruption-budget"


def stateful(workload: Workload) -> bool:
    """Whether its pods keep something: a StatefulSet, or a Deployment or ReplicaSet with a volume claim."""
    if workload.object.kind == "StatefulSet":
        return True
    claims = [one for one in workload.spec.get("volumes") or [] if "persistentVolumeClaim" in one]
    return workload.object.kind in ("Deployment", "ReplicaSet", "ReplicationController") and bool(claims)


def check(namespace: Namespace) -> list[Finding]:
    """Stateful workloads that a drain may take all at once."""
    well = "every stateful workload of more than one replica has a disruption budget, or there is none"
    return or_well(CHECK, _open(namespace), namespace.name, well)


def _open(namespace: Namespace) -> Iterator[Finding]:
    budgets = namespace.of("PodDisruptionBudget")
    for one in filter(stateful, namespace.workloads):
        replicas = _replicas(namespace, one)
        if replicas < 2:
            continue
        mine = [budget for budget in budgets if _selects(budget, one)]
        if not mine:
            yield Finding(
                CHECK,
                OPEN,
                one.object.title,
                one.place,
                f"{replicas} replicas and no PodDisruptionBudget that selects them",
                f"add one with maxUnavailable: 1 and the selector {dict(one.labels)}",
            )
        elif not any(_keeps_one(budget, replicas) for budget in mine):
            yield Finding(
                CHECK,
                OPEN,
                mine[0].title,
                mine[0].place(("spec",)),
                f"it lets all {replicas} replicas of {one.object.title} be evicted at once",
                "set maxUnavailable: 1",
            )


def _replicas(namespace: Namespace, workload: Workload) -> int:
    """Those that are asked for, or the fewest that an autoscaler keeps where that is more."""
    found = [_number(workload.object, mapping(workload.object.data.get("spec")).get("replicas", 1))]
    for one in namespace.of("HorizontalPodAutoscaler"):
        spec = mapping(one.data.get("spec"))
        aim = mapping(spec.get("scaleTargetRef"))
        if (aim.get("kind"), aim.get("name")) == (workload.object.kind, workload.object.name):
            found.append(_number(one, spec.get("minReplicas", 1)))
    return max(found)


def _number(one: Object, given: Any) -> int:
    if not isinstance(given, int):
        raise BadInput(f"{one.place(('spec',))}: {one.title} has {given!r} replicas, which is no number")
    return given


def _selects(budget: Object, workload: Workload) -> bool:
    """Whether a budget is about the pods; an empty selector is about all, none at all about none."""
    selector = mapping(budget.data.get("spec")).get("selector")
    return selector is not None and matches(mapping(selector), workload.labels)


def _keeps_one(budget: Object, replicas: int) -> bool:
    """Whether at least one pod has to stay; shares are rounded up, as the API says."""
    spec = mapping(budget.data.get("spec"))
    if spec.get("minAvailable") is not None:
        return _pods(budget, spec["minAvailable"], replicas) > 0
    if spec.get("maxUnavailable") is not None:
        return _pods(budget, spec["maxUnavailable"], replicas) < replicas
    return False


def _pods(budget: Object, given: Any, replicas: int) -> int:
    text = str(given)
    if text.isdigit():
        return int(text)
    if text.endswith("%") and text[:-1].isdigit():
        return -(-replicas * int(text[:-1]) // 100)
    raise BadInput(f"{budget.place(('spec',))}: {budget.title} says {given!r}, which is neither pods nor a share")
