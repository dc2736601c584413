"""The Pod Security level that the namespace enforces."""

from __future__ import annotations

from tools.audit_hardening.finding import OK, OPEN, UNKNOWN, Finding
from tools.audit_hardening.objects import Namespace, mapping

CHECK = "pod-security"
LABEL = "pod-security.kubernetes.io/enforce"
LEVELS = ("privileged", "baseline", "restricted")


def check(namespace: Namespace, wanted: str) -> list[Finding]:
    """Whether the level is enforced, not only warned about.

    Args:
        namespace: which.
        wanted: the least level.
    """
    title = f"Namespace {namespace.name}"
    described = namespace.of("Namespace")
    if not described:
        do = "give the Namespace's manifest too, or ask the cluster with --live"
        return [Finding(CHECK, UNKNOWN, title, "", "the Namespace is not among the manifests", do)]
    one = described[0]
    level = mapping(one.data["metadata"].get("labels")).get(LABEL)
    place = one.place(("metadata", "labels", LABEL))
    do = f"label it {LABEL}: {wanted}"
    if level is None:
        return [Finding(CHECK, OPEN, title, place, f"no label {LABEL}: warn and audit hold nobody back", do)]
    if level not in LEVELS:
        return [Finding(CHECK, OPEN, title, place, f"{level!r} is no level, so privileged is enforced", do)]
    if LEVELS.index(level) < LEVELS.index(wanted):
        return [Finding(CHECK, OPEN, title, place, f"it enforces {level}, less than {wanted}", do)]
    return [Finding(CHECK, OK, title, place, f"it enforces {level}")]
