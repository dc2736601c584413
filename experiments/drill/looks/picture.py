"""What the system is at one moment, as far as a look compares it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet.

    Args:
        replicas: how many pods are wanted.
        available: how many serve.
        labels: of its pods.
        weak: what its pods may do that pods usually may not, in words.
    """

    replicas: int
    available: int
    labels: dict[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Service:
    """A Service.

    Args:
        selector: the labels of the pods behind it; empty where it has no selector.
        ports: its ports with their targets, in words.
        ready: how many addresses behind it are ready.
    """

    selector: dict[str, str]
    ports: tuple[str, ...]
    ready: int


@dataclass(frozen=True)
class Scaler:
    """An autoscaler.

    Args:
        target: the workload, as `Picture.workloads` names it.
        least: its minimum of replicas.
        most: its maximum.
    """

    target: str
    least: int
    most: int


@dataclass(frozen=True)
class Alerting:
    """What leads from a rule to the pager in one monitoring namespace.

    Args:
        rules: by name, each rule of that name in words.
        silences: the active ones by id, in words.
        routes: Alertmanager's loaded configuration.
    """

    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    silences: dict[str, str] = field(default_factory=dict)
    routes: str = ""


@dataclass(frozen=True)
class Picture:
    """Everything that is compared; things are named as people do: `deployment shop/shop`.

    Args:
        workloads: all of them.
        services: all of them.
        closed: `ingress of deployment shop/shop`: what policies close, at least in part, in that direction.
        claims: PersistentVolumeClaims with their UIDs.
        scalers: HorizontalPodAutoscalers.
        budgets: PodDisruptionBudgets with what they allow, in words.
        levels: the Pod Security level that each namespace enforces; `privileged` where it enforces none.
        named: ConfigMaps.
        loose: pods and jobs that no controller made, each with what is weak about it.
        alerting: by monitoring namespace.
    """

    workloads: dict[str, Workload] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    claims: dict[str, str] = field(default_factory=dict)
    scalers: dict[str, Scaler] = field(default_factory=dict)
    budgets: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    loose: dict[str, frozenset[str]] = field(default_factory=dict)
    alerting: dict[str, Alerting] = field(default_factory=dict)
