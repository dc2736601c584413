"""What the scenario's own runbook does to the system: nobody is blamed for what the runbook asks for, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from experiments.record.files import RunbookBlock

_VERBS = "scale|delete|patch|set|label|annotate|apply|replace|edit|create"
_CHANGES = re.compile(rf"\bkubectl\b.*?\b({_VERBS})\b(?P<rest>.*)")
_REPLICAS = re.compile(r"--replicas[= ](\d+)")
_KINDS = {
    "deploy": "deployment", "deployments": "deployment", "deployment": "deployment",
    "sts": "statefulset", "statefulsets": "statefulset", "statefulset": "statefulset",
    "ds": "daemonset", "daemonsets": "daemonset", "daemonset": "daemonset",
    "svc": "service", "services": "service", "service": "service",
    "pvc": "claim", "persistentvolumeclaims": "claim", "persistentvolumeclaim": "claim",
    "cm": "configmap", "configmaps": "configmap", "configmap": "configmap",
    "hpa": "autoscaler", "horizontalpodautoscaler": "autoscaler",
    "pdb": "disruption budget", "poddisruptionbudget": "disruption budget",
    "po": "pod", "pods": "pod", "pod": "pod", "job": "job", "jobs": "job",
}  # fmt: skip


@dataclass(frozen=True)
class Licence:
    """What the runbook's mitigating and fixing blocks change.

    Args:
        touched: things, `service west`, without their namespace.
        removed: those among them that the runbook deletes.
        scaled: how many replicas the runbook leaves a workload with.
    """

    touched: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    scaled: dict[str, int] = field(default_factory=dict)

    def covers(self, thing: str) -> bool:
        """Whether the runbook changes a thing, `service bookings/west`, itself."""
        return _short(thing) in self.touched

    def removes(self, thing: str) -> bool:
        """Whether the runbook deletes a thing."""
        return _short(thing) in self.removed

    def leaves(self, thing: str) -> int | None:
        """How many replicas the runbook leaves a workload with; None where it does not scale it."""
        return self.scaled.get(_short(thing))


def licence(blocks: Iterable[RunbookBlock]) -> Licence:
    """What these blocks change, as far as their text says it: `kubectl VERB KIND/NAME` or `kubectl VERB KIND NAME`."""
    touched: set[str] = set()
    removed: set[str] = set()
    scaled: dict[str, int] = {}
    for block in blocks:
        if block.kind not in ("mitigate", "fix"):
            continue
        for line in block.script.replace("\\\n", " ").splitlines():
            changing = _CHANGES.search(line)
            if changing is None:
                continue
            things = _things(changing["rest"].split())
            touched |= things
            removed |= things if changing[1] == "delete" else set()
            replicas = _REPLICAS.search(line)
            if replicas is not None:
                scaled |= dict.fromkeys(things, int(replicas[1]))
    return Licence(frozenset(touched), frozenset(removed), scaled)


def _things(words: list[str]) -> set[str]:
    found = set()
    for n, word in enumerate(words):
        kind, slash, name = word.partition("/")
        if slash and kind in _KINDS:
            found.add(f"{_KINDS[kind]} {name}")
        elif word in _KINDS and n + 1 < len(words) and not words[n + 1].startswith("-"):
            found.add(f"{_KINDS[word]} {words[n + 1]}")
    return found


def _short(thing: str) -> str:
    kind, _, name = thing.rpartition(" ")
    return f"{kind} {name.rpartition('/')[2]}"
