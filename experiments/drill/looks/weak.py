"""What a pod may do that pods of the lab's systems usually may not: each is a door that a fix may not leave open."""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]


def weaknesses(spec: Spec) -> frozenset[str]:
    """In words, what the pods of this specification may do.

    Args:
        spec: a pod's `spec`.
    """
    found = {
        text
        for name, text in (("hostNetwork", "its node's network"), ("hostPID", "its node's processes"),
                           ("hostIPC", "its node's shared memory"))
        if spec.get(name)
    }  # fmt: skip
    found |= {"its node's files" for volume in spec.get("volumes") or [] if "hostPath" in volume}
    pod = spec.get("securityContext") or {}
    for container in (*spec.get("containers", []), *(spec.get("initContainers") or [])):
        found |= _of_container(pod, container.get("securityContext") or {})
    return frozenset(found)


def _of_container(pod: Spec, own: Spec) -> set[str]:
    found = set()
    if own.get("privileged"):
        found.add("everything on its node (privileged)")
    user = own.get("runAsUser", pod.get("runAsUser"))
    if user == 0 or (user is None and not own.get("runAsNonRoot", pod.get("runAsNonRoot"))):
        found.add("running as root")
    if own.get("allowPrivilegeEscalation") is not False:
        found.add("gaining privileges")
    found |= {f"the capability {name}" for name in (own.get("capabilities") or {}).get("add") or []}
    return found
