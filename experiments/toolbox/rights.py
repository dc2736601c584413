"""What the on-call engineer may do on the cluster, as Kubernetes roles. Pure values, applied by `identity`."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.errors import BrokenScenario
from experiments.model.scenario import WATCHTOWER
from experiments.runbook.front_matter import FrontMatter

READ = ("get", "list", "watch")
WRITE = (*READ, "create", "update", "patch", "delete", "deletecollection")


@dataclass(frozen=True)
class Rule:
    """One rule of a role: verbs on resources of one API group, of the objects called `names` alone where it has any."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()

    def body(self) -> dict[str, list[str]]:
        """The rule as Kubernetes writes it."""
        rule = {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}
        return rule | ({"resourceNames": list(self.names)} if self.names else {})


OWN = (
    Rule("", ("pods", "services", "configmaps", "secrets", "endpoints", "persistentvolumeclaims"), WRITE),
    Rule("", ("resourcequotas", "limitranges", "replicationcontrollers"), WRITE),
    Rule("", ("pods/log", "pods/status", "events", "serviceaccounts"), READ),
    Rule("", ("pods/exec", "pods/portforward", "pods/eviction"), ("get", "create")),
    Rule("", ("pods/ephemeralcontainers",), ("get", "update", "patch")),
    Rule("apps", ("deployments", "statefulsets", "daemonsets", "replicasets", "controllerrevisions"), WRITE),
    Rule("apps", ("deployments/scale", "statefulsets/scale", "replicasets/scale"), ("get", "update", "patch")),
    Rule("apps", ("deployments/status", "statefulsets/status", "daemonsets/status"), READ),
    Rule("batch", ("jobs", "cronjobs"), WRITE),
    Rule("autoscaling", ("horizontalpodautoscalers",), WRITE),
    Rule("networking.k8s.io", ("networkpolicies", "ingresses"), WRITE),
    Rule("policy", ("poddisruptionbudgets",), WRITE),
    Rule("coordination.k8s.io", ("leases",), WRITE),
    Rule("discovery.k8s.io", ("endpointslices",), READ),
    Rule("events.k8s.io", ("events",), READ),
    Rule("metrics.k8s.io", ("pods",), READ),
)
"""In the scenario's own namespaces: what an on-call engineer of the service has in production. No roles, no tokens of
other service accounts, no impersonation: nothing that yields more rights than these."""

LOOK = (
    Rule("", ("pods", "pods/log", "services", "configmaps", "endpoints", "events", "persistentvolumeclaims"), READ),
    Rule("apps", ("deployments", "statefulsets", "daemonsets", "replicasets"), READ),
    Rule("batch", ("jobs", "cronjobs"), READ),
    Rule("autoscaling", ("horizontalpodautoscalers",), READ),
    Rule("networking.k8s.io", ("networkpolicies", "ingresses"), READ),
    Rule("policy", ("poddisruptionbudgets",), READ),
    Rule("discovery.k8s.io", ("endpointslices",), READ),
    Rule("events.k8s.io", ("events",), READ),
    Rule("metrics.k8s.io", ("pods",), READ),
)
"""In monitoring and in namespaces declared as read: everything but Secrets, changing nothing."""


_CLOSED = "firedrill-"
_KUBERNETES = ("admin", "cluster-admin", "edit", "view")
_RBAC = "rbac.authorization.k8s.io"
_WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets")


def namespaced(
    own: tuple[str, ...], monitoring: str | None, account_in: str, declared: FrontMatter
) -> dict[str, tuple[Rule, ...]]:
    """The rules in each namespace that the on-call may see; the wider ones where a namespace is named twice.

    Args:
        own: the scenario's own namespaces.
        monitoring: the run's monitoring namespace; None: it is in another cluster.
        account_in: the namespace of the on-call's account, closed as the lab's own namespaces are.
        declared: the front matter.

    Raises:
        BrokenScenario: the front matter asks for a namespace that is closed.
    """
    closed = sorted(
        name
        for name in declared.namespaces
        if name.startswith(_CLOSED) or name.endswith(WATCHTOWER) or name == account_in
    )
    if closed:
        raise BrokenScenario(
            f"The front matter of RUNBOOK.md asks for {', '.join(closed)}: the lab's own namespaces are closed "
            "to every runbook, else it could write its own verdict.",
            "take it out of `namespaces:`",
        )
    rules: dict[str, tuple[Rule, ...]] = dict.fromkeys((*_there(monitoring), *declared.namespaces), LOOK)
    rules |= {name: OWN for name, right in declared.namespaces.items() if right == "write"}
    return rules | dict.fromkeys(own, (*OWN, *_of_the_system(declared)))


def _of_the_system(declared: FrontMatter) -> tuple[Rule, ...]:
    """What the front matter adds in the scenario's own namespaces."""
    kinds = [resource.partition(".") for resource in declared.resources]
    rules = [Rule(group, (plural,), WRITE) for plural, _, group in kinds]
    if declared.accounts:
        # Nothing new: whoever may exec into a pod has its account's token. It spares the runbook a look at a Secret.
        rules.append(Rule("", ("serviceaccounts",), ("impersonate",), declared.accounts))
    return tuple(rules)


def _there(monitoring: str | None) -> tuple[str, ...]:
    return () if monitoring is None else (monitoring,)


def cluster_wide(own: tuple[str, ...], declared: FrontMatter) -> tuple[Rule, ...]:
    """The rules on cluster-scoped objects and in all namespaces; none unless the front matter declares them.

    Args:
        own: the scenario's own namespaces.
        declared: the front matter.

    Raises:
        BrokenScenario: the front matter asks for a ClusterRole of the lab's or of Kubernetes' own.
    """
    closed = sorted(name for name in declared.cluster_roles if name.startswith(_CLOSED) or name in _KUBERNETES)
    closed += sorted(name for name in declared.cluster_roles if ":" in name)
    if closed:
        raise BrokenScenario(
            f"The front matter of RUNBOOK.md asks for ClusterRole {', '.join(closed)}, which is not the scenario's.",
            "take it out of `cluster_roles:`",
        )
    rules: list[Rule] = []
    if declared.nodes is not None:
        rules += [Rule("", ("nodes",), READ), Rule("metrics.k8s.io", ("nodes",), READ)]
    if declared.nodes == "cordon":
        # drain looks for the pods of a node in every namespace; it evicts only where OWN allows
        rules += [Rule("", ("nodes",), ("patch",)), Rule("", ("pods",), ("get", "list"))]
    if declared.workloads is not None:
        rules += [Rule("", ("pods",), READ), Rule("apps", _WORKLOADS, READ)]
    if declared.own_namespaces is not None:
        rules.append(Rule("", ("namespaces",), ("get", "patch"), own))
    if declared.cluster_roles:
        rules.append(Rule(_RBAC, ("clusterroles",), ("get", "patch"), declared.cluster_roles))
    return tuple(rules)
