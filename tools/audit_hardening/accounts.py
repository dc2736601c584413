"""A ServiceAccount for each application, and a token only where it is of use."""

from __future__ import annotations

from collections.abc import Iterator

from tools.audit_hardening.finding import OPEN, UNKNOWN, Finding, or_well
from tools.audit_hardening.objects import Namespace, Workload, mapping

CHECK, TOKEN = "service-account", "account-token"


def check(namespace: Namespace) -> list[Finding]:
    """Workloads that run as `default`."""
    return or_well(CHECK, _open(namespace), namespace.name, "no workload runs as default")


def _open(namespace: Namespace) -> Iterator[Finding]:
    for one in namespace.workloads:
        if account(one) == "default":
            said = one.spec.get("serviceAccountName") or one.spec.get("serviceAccount")
            says = "it says default" if said else "it names none, which means default"
            place = one.object.place((*one.template, "spec", "serviceAccountName"))
            do = "make a ServiceAccount of its own and set serviceAccountName"
            yield Finding(CHECK, OPEN, one.object.title, place, f"{says}: every pod that says nothing shares it", do)


def tokens(namespace: Namespace) -> list[Finding]:
    """Workloads whose pods get a token that no role is bound to, or of which that is not known."""
    well = "a token of the API server is mounted only where a role is bound to its account"
    return or_well(TOKEN, _idle_tokens(namespace), namespace.name, well)


def _idle_tokens(namespace: Namespace) -> Iterator[Finding]:
    bound = _bound(namespace)
    for one in namespace.workloads:
        name = account(one)
        if name in bound or not _mounted(namespace, one):
            continue
        place = one.object.place((*one.template, "spec"))
        do = "set automountServiceAccountToken: false"
        if namespace.bindings_known:
            seen = "" if namespace.complete else " in what was given"
            said = f"a token of {name} is mounted, and no role is bound to it{seen}"
            yield Finding(TOKEN, OPEN, one.object.title, place, said, do)
        else:
            said = f"a token of {name} is mounted; the cluster's role bindings could not be read"
            yield Finding(TOKEN, UNKNOWN, one.object.title, place, said, f"if it has no role, {do}")


def account(workload: Workload) -> str:
    """The ServiceAccount's name; the old field counts where the new one is missing."""
    spec = workload.spec
    return str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default")


def _mounted(namespace: Namespace, workload: Workload) -> bool:
    """The pod's word counts before the account's; who says nothing gets a token."""
    own = workload.spec.get("automountServiceAccountToken")
    if own is not None:
        return bool(own)
    accounts = [one for one in namespace.of("ServiceAccount") if one.name == account(workload)]
    return not any(one.data.get("automountServiceAccountToken") is False for one in accounts)


def _bound(namespace: Namespace) -> set[str]:
    """The accounts of this namespace that a role is bound to; a group of all accounts is nobody's own."""
    found = set()
    for one in namespace.of("RoleBinding", "ClusterRoleBinding"):
        for subject in one.data.get("subjects") or []:
            where = mapping(subject).get("namespace") or one.data["metadata"].get("namespace")
            if subject.get("kind") == "ServiceAccount" and where == namespace.name:
                found.add(str(subject.get("name")))
    return found
