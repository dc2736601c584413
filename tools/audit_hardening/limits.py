"""Limits for processor time and memory on every container, those that initialize too."""

from __future__ import annotations

from collections.abc import Iterator

from tools.audit_hardening.finding import OPEN, Finding, or_well
from tools.audit_hardening.objects import Namespace, mapping

CHECK = "limits"
RESOURCES = ("cpu", "memory")


def check(namespace: Namespace) -> list[Finding]:
    """Containers without a limit of their own, of their pod, or of the namespace's LimitRange."""
    return or_well(CHECK, _open(namespace), namespace.name, "every container has limits for cpu and memory")


def _open(namespace: Namespace) -> Iterator[Finding]:
    usual = {name for one in namespace.of("LimitRange") for name in _defaults(one.data)}
    for workload in namespace.workloads:
        of_pod = mapping(mapping(workload.spec.get("resources")).get("limits"))
        for what, path, container in workload.containers:
            limits = mapping(mapping(container.get("resources")).get("limits"))
            missing = [one for one in RESOURCES if one not in {*limits, *of_pod, *usual}]
            if missing:
                yield Finding(
                    CHECK,
                    OPEN,
                    f"{workload.object.title}, {what}",
                    workload.object.place(path),
                    f"it may use all {' and '.join(missing)} of its node",
                    " and ".join(f"set resources.limits.{one}" for one in missing),
                )


def _defaults(limit_range: object) -> set[str]:
    """What a LimitRange gives to a container that says nothing; without `default`, `max` is given."""
    found: set[str] = set()
    for one in mapping(mapping(limit_range).get("spec")).get("limits") or []:
        if one.get("type") == "Container":
            found |= {*mapping(one.get("default")), *mapping(one.get("max"))}
    return found
