"""A container that runs out of memory or processor time: a real process in its own cgroup uses it up."""

from __future__ import annotations

from pydantic import JsonValue

from experiments.model.actions import Step
from experiments.model.base import seconds

_MODULE = "experiments.actions.resources"
LONGEST_S = 600.0
"""Ten minutes: longer than any incident's harm has to be seen."""
MOST_WORKERS = 16


def exhaust_memory(
    namespace: str, selector: str, *, container: str = "", pods: int = 0, within: str | float = 30.0
) -> Step:
    """Allocate memory inside a container until the kernel kills it; ends when Kubernetes says `OOMKilled`.

    Args:
        namespace: one of the scenario's own.
        selector: the pods, as kubectl writes it: `app=shop`; the container needs a memory limit.
        container: the container; the pod's first one if empty.
        pods: how many of the pods, in the order of their names; 0 for all.
        within: seconds until it must have happened.
    """
    aim: dict[str, JsonValue] = {"namespace": namespace, "selector": selector, "container": container, "pods": pods}
    return Step(
        title=f"exhaust the memory of the pods {selector} in {namespace}",
        module=_MODULE,
        function="exhaust_memory",
        arguments={**aim, "within_s": _bounded(within)},
    )


def exhaust_cpu(
    namespace: str, selector: str, *, lasts: str | float, container: str = "", pods: int = 0, workers: int = 4
) -> Step:
    """Run busy loops inside a container, which share its processor limit with its own processes.

    Args:
        namespace: one of the scenario's own.
        selector: the pods, as kubectl writes it: `app=shop`; the container needs a processor limit.
        lasts: seconds until they end, at most 600.
        container: the container; the pod's first one if empty.
        pods: how many of the pods, in the order of their names; 0 for all.
        workers: busy loops in each container, at most 16; more of them leave less to its own processes.

    Raises:
        ValueError: `lasts` or `workers` is out of bounds.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise ValueError(f"{workers} workers: write 1 to {MOST_WORKERS}")
    aim: dict[str, JsonValue] = {"namespace": namespace, "selector": selector, "container": container, "pods": pods}
    limit_s = _bounded(lasts)
    return Step(
        title=f"exhaust the processor time of the pods {selector} in {namespace} for {limit_s:g} s",
        module=_MODULE,
        function="exhaust_cpu",
        arguments={**aim, "workers": workers, "lasts_s": limit_s},
    )


def _bounded(duration: str | float) -> float:
    length = seconds(duration)
    if not 0 < length <= LONGEST_S:
        raise ValueError(f"{length:g} s is out of bounds: more than 0 and at most {LONGEST_S:g} s")
    return length
