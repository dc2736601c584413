"""No pod reaches the cloud's metadata service, which hands out the node's credentials.

Only the network holds that back. Pod Security does not, at no level; a pod in its node's network is beyond every
NetworkPolicy, which the level `baseline` forbids. Policies add up: one `except` is worth nothing beside a second policy
that admits all. And a policy proves only what it says: whether the network enforces it shows when a pod tries.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.audit_hardening.finding import OPEN, Finding, or_well
from tools.audit_hardening.objects import Namespace
from tools.validate_network_policy.objects import Pods, world
from tools.validate_network_policy.policy import decide

CHECK = "metadata-egress"
ADDRESSES = ("169.254.169.254", "fd00:ec2::254")
PORT = 80
_DO = (
    "select the pods with an egress policy whose ipBlock 0.0.0.0/0 excepts 169.254.169.254/32 (and ::/0 excepts "
    "fd00:ec2::254/128), and allow DNS"
)


def check(namespace: Namespace) -> list[Finding]:
    """Workloads whose pods may connect to a metadata address."""
    well = f"policies keep every pod from {ADDRESSES[0]}; whether the network enforces them shows when a pod tries"
    return or_well(CHECK, _open(namespace), namespace.name, well)


def _open(namespace: Namespace) -> Iterator[Finding]:
    workloads = namespace.workloads
    for workload in workloads:
        others = [one.data for one in namespace.objects if one.kind in ("NetworkPolicy", "Namespace")]
        here = world([workload.object.data, *others], namespace.name)
        for address in ADDRESSES:
            metadata = Pods(f"the metadata address {address}", "", {}, addresses=(address,))
            answer = decide(here, "egress", here.pods[0], metadata, metadata, PORT, "TCP")
            if answer.allowed:
                do = "do without hostNetwork" if here.pods[0].host_network else _DO
                said = f"its pods may reach {address}: {answer.why}"
                yield Finding(CHECK, OPEN, workload.object.title, workload.place, said, do)
                break
