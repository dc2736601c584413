"""Memory and processor time of a container, used up by a real process in its own cgroup."""

from __future__ import annotations

from functools import partial
from typing import Any

from cluster.errors import LabError
from experiments import hog
from experiments.actions.objects import refuse_outside
from experiments.containers import Victim, victims
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.quantity import quantity
from experiments.waiting import Seen, eventually

OOM = "OOMKilled"


def exhaust_memory(
    namespace: str, selector: str, container: str, pods: int, within_s: float, configuration: Configuration
) -> list[str]:
    """Allocate memory inside a container until the kernel kills it, and wait until Kubernetes says `OOMKilled`.

    Args:
        namespace: one of the run's own.
        selector: the pods, as kubectl writes it.
        container: the container's name; the pod's first one if empty.
        pods: how many pods, in the order of their names; 0 for all.
        within_s: seconds until each container must have ended that way.

    Returns:
        The pods.

    Raises:
        LabError: the namespace is not the run's own, or a container has no memory limit of its own.
        ConditionTimedOut: a container was not killed; the message says the state it is in.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    struck = victims(session.handle, namespace, selector, container, pods)
    programs = [hog.memory(_limit(victim, "memory", "its memory would be the node's")) for victim in struck]
    for victim, program in zip(struck, programs, strict=True):
        hog.start(session.handle, victim, program, within_s)
    for victim in struck:
        eventually(partial(_killed, session, victim), what=f"the {victim.name} is {OOM}", within_s=within_s)
    return [victim.pod for victim in struck]


def exhaust_cpu(
    namespace: str, selector: str, container: str, pods: int, workers: int, lasts_s: float, configuration: Configuration
) -> list[str]:
    """Let busy loops run inside a container: its own processes get what its limit leaves them. It ends by itself.

    Args:
        namespace: one of the run's own.
        selector: the pods, as kubectl writes it.
        container: the container's name; the pod's first one if empty.
        pods: how many pods, in the order of their names; 0 for all.
        workers: busy loops in each container.
        lasts_s: seconds until they end.

    Returns:
        The pods.

    Raises:
        LabError: the namespace is not the run's own, or a container has no processor limit of its own.
    """
    session = session_of(configuration)
    refuse_outside(session, namespace)
    struck = victims(session.handle, namespace, selector, container, pods)
    for victim in struck:
        _limit(victim, "cpu", "its processors would be the host's")
    for victim in struck:
        for _ in range(workers):
            hog.start(session.handle, victim, hog.CPU, lasts_s)
    return [victim.pod for victim in struck]


def _limit(victim: Victim, resource: str, otherwise: str) -> int:
    written = victim.limits.get(resource)
    if written is None:
        raise LabError(
            f"The {victim.name} has no {resource} limit: {otherwise}.", "Give it one in system/, or choose another."
        )
    return int(quantity(written))


def _killed(session: Session, victim: Victim) -> Seen[bool]:
    """Whether this very container, by its id, ended as OOMKilled; the kubelet may have started the next one."""
    pod = core(session.handle).read_namespaced_pod(victim.pod, victim.namespace, _request_timeout=TIMEOUT_S)
    status = next(one for one in pod.status.container_statuses if one.name == victim.container)
    ended = [one.terminated for one in (status.state, status.last_state) if one and _is(one.terminated, victim)]
    if not ended:
        return Seen(None, "it still runs")
    return Seen(True if ended[0].reason == OOM else None, f"it ended as {ended[0].reason}")


def _is(terminated: Any, victim: Victim) -> bool:
    return terminated is not None and str(terminated.container_id or "").endswith(victim.id)
