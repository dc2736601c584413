"""The weight as a share of pods: a stable and a canary Deployment behind one Service."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.bad_input import BadInput
from tools.canary_gate.weight import Wait
from tools.kubectl import ask

_ANSWERS_S = 20.0
_GONE_WITHIN_S = 30.0
_LOOKS_EVERY_S = 0.5


@dataclass(frozen=True)
class _State:
    """How many pods a Deployment is to have, has, and has ready from its newest template."""

    wanted: int
    existing: int
    ready: int
    observed: bool

    def is_all(self, count: int) -> bool:
        return self.observed and self.wanted == self.existing == self.ready == count


class Deployments:
    """Two Deployments that share a number of pods. `between` makes one.

    Args:
        kubectl: with namespace and connection options.
        stable: the Deployment that serves.
        canary: the one with the change.
        total: how many pods both have together.
        ready_within_s: seconds in which pods have to become ready.
    """

    def __init__(self, kubectl: list[str], stable: str, canary: str, total: int, ready_within_s: float) -> None:
        self._kubectl = kubectl
        self._stable = stable
        self._canary = canary
        self._total = total
        self._ready_within_s = ready_within_s
        self._set: dict[str, int] = {}

    @classmethod
    def between(cls, kubectl: list[str], stable: str, canary: str, ready_within_s: float, first: int) -> Deployments:
        """The two as they are before the first step; the stable one's pods are what they share from now on.

        Args:
            kubectl: with namespace and connection options.
            stable: the Deployment that serves.
            canary: the one with the change, scaled to 0.
            ready_within_s: seconds in which pods have to become ready.
            first: the first weight (percent), which has to be at least one pod.

        Raises:
            BadInput: one is not there, the canary has pods already, or there are too few for the first weight.
        """
        if stable == canary:
            raise BadInput(f"--stable and --canary are both {stable}")
        found = _states(kubectl, stable, canary)
        total, present = found[stable].wanted, max(found[canary].wanted, found[canary].existing)
        if present:
            raise BadInput(
                f"{canary} has {present} pods, and a walk begins at 0: another one is under way, or an earlier one "
                f"passed or was killed. Give {stable} its pods back, and scale {canary} to 0"
            )
        if total * first < 100:
            least = f"--step {-(-100 // total)} is the least" if total else "there is nothing to share"
            raise BadInput(f"{stable} has {total} pods, of which {first} % is less than one: {least}")
        return cls(kubectl, stable, canary, total, ready_within_s)

    @property
    def way_back(self) -> str:
        """As `Weight`."""
        scale = shlex.join([*self._kubectl, "scale"])
        back = ((self._canary, 0), (self._stable, self._total))
        return "; ".join(f"{scale} deployment/{name} --replicas={count}" for name, count in back)

    def set(self, weight: int, wait: Wait) -> str:
        """As `Weight`. Up: the canary's pods are ready before stable ones go. To 0: they go before anything else."""
        count = self._total * weight // 100  # never a larger share than was asked for
        self._set = {self._canary: count, self._stable: self._total - count}
        if count == 0:
            self._put_back(wait)
        else:
            self._scale(self._canary)
            self._await({self._canary: count}, wait, self._ready_within_s)
            self._scale(self._stable)
            self._await(self._set, wait, self._ready_within_s)
        return f"{self._canary} has {count} of {self._total} pods"

    def wrong(self) -> str:
        """As `Weight`: another number of ready pods is another weight, be it an autoscaler, a person or a crash."""
        try:
            return self._difference(self._set)
        except BadInput as error:
            return f"the weight is not known: {error}"

    def _put_back(self, wait: Wait) -> None:
        failed = []
        for name in self._set:
            try:  # each of the two lowers the canary's share, so one that fails does not stop the other
                self._scale(name)
            except BadInput as error:
                failed.append(str(error))
        if failed:
            raise BadInput("; ".join(failed))
        self._await({self._canary: 0}, wait, _GONE_WITHIN_S)

    def _scale(self, name: str) -> None:
        ask(self._kubectl, "scale", f"deployment/{name}", f"--replicas={self._set[name]}", timeout_s=_ANSWERS_S)

    def _await(self, counts: Mapping[str, int], wait: Wait, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while difference := self._difference(counts):
            if time.monotonic() > deadline:
                raise BadInput(f"after {limit_s:g} s {difference}")
            wait(_LOOKS_EVERY_S)

    def _difference(self, counts: Mapping[str, int]) -> str:
        found = _states(self._kubectl, self._stable, self._canary)
        return "; ".join(
            f"{name} has {found[name].ready} ready pods of {found[name].wanted}, not {count} of {count}"
            for name, count in counts.items()
            if not found[name].is_all(count)
        )


def _states(kubectl: list[str], *names: str) -> dict[str, _State]:
    listed = ask(kubectl, "get", "deployment", *names, "-o", "json", timeout_s=_ANSWERS_S)
    try:
        return {one["metadata"]["name"]: _state(one) for one in json.loads(listed)["items"]}
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"kubectl's answer cannot be read: {listed.strip()[:200]!r}") from error


def _state(deployment: dict[str, Any]) -> _State:
    status = deployment.get("status", {})
    return _State(
        wanted=deployment["spec"]["replicas"],
        existing=status.get("replicas", 0),
        ready=min(status.get("readyReplicas", 0), status.get("updatedReplicas", 0)),
        observed=status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0),
    )
