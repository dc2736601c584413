"""Deploying a run: namespaces, system, monitoring and traffic in one apply, then everything ready at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cluster import manifests
from cluster.errors import LabError
from cluster.guard import Handle
from cluster.images import load
from cluster.manifests import Manifest
from experiments.actions.objects import delete_activity
from experiments.kube_api import TIMEOUT_S, apps, core
from experiments.play import dedicated, definitions, machines, rendering
from experiments.play.namespaces import placed
from experiments.play.session import Session
from experiments.waiting import Seen, eventually

APPLY_WITHIN_S = 60.0
READY_WITHIN_S = 120.0
"""Slowest of the lab's pods on two busy cores; a pod that is not ready by then hangs."""


def apply(session: Session) -> None:
    """Apply everything of the run, each cluster in one go; `wait_ready` waits for it.

    Monitoring comes first: Prometheus hands on what it discovered 5 s after its start at the earliest, so that a run is
    steady no sooner than Prometheus' start and its baseline allow, however fast the system is ready.

    What is not in a namespace of the run does not go away with one, so its undo is promised first; in a cluster of the
    run's own everything goes away with the cluster.

    Raises:
        LabError: an object belongs into a namespace that is not the run's.
        CommandFailed: the API server refused an object.
    """
    system = session.built
    around = [*rendering.monitoring(session), *rendering.traffic(session)]
    rendering.put_to_sleep([*system, *around], session.played.asleep)
    if session.handle is session.home:
        [(home, own)] = placed(session)
        _apply(session, home, own, [*around, *system])
        return
    (victim, own), (home, others) = placed(session)
    load.load(victim.nodes(), manifests.images_of(system), home.lab.logs / "victim.log")
    with ThreadPoolExecutor(2) as pool:
        sides = [pool.submit(_apply, session, victim, own, system), pool.submit(_apply, session, home, others, around)]
        for side in sides:
            side.result()


def wait_all_ready(session: Session) -> None:
    """Wait until every workload of the run is rolled out and available, in each cluster.

    Raises:
        ConditionTimedOut: one is not; the message names it and the reasons its pods give.
    """
    for handle, names in placed(session):
        wait_ready(handle, names, READY_WITHIN_S)


def _apply(session: Session, handle: Handle, own: list[str], objects: list[Manifest]) -> None:
    for one in objects:
        name = f"{one['kind']}/{one['metadata']['name']}"
        namespace = one["metadata"]["name"] if rendering.is_namespace(one) else one["metadata"].get("namespace")
        if namespace is None:
            if handle is session.home:
                session.journal.promise(delete_activity(name))
                session.brought.add(name)
        elif namespace not in own:
            raise LabError(f"{name} is to be deployed to {namespace}, which is not a namespace of this run.")
    further = (*dedicated.addresses(session).values(), *machines.addresses(session))
    beyond = further if handle is session.home else ()
    kinds, rest = definitions.apart([one for one in objects if not rendering.is_namespace(one)])
    if kinds:
        _put(handle, kinds)
        definitions.wait_served(handle, kinds)
    _put(handle, [*rendering.namespaces(session.file.run_id, own, beyond, objects), *rest])
    session.recorder.event("note", f"{len(objects)} objects applied to {handle.lab.name}")


def _put(handle: Handle, objects: list[Manifest]) -> None:
    text = manifests.to_yaml(objects)
    handle.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=text, timeout_s=APPLY_WITHIN_S)


def wait_ready(handle: Handle, namespaces: list[str], within_s: float) -> None:
    """Wait until every workload of `namespaces` is rolled out and available.

    Raises:
        ConditionTimedOut: one is not; the message names it and the reasons its pods give.
    """

    def look() -> Seen[bool]:
        with ThreadPoolExecutor(2 * len(namespaces)) as pool:
            waiting = [state for part in pool.map(lambda name: _unready(handle, name), namespaces) for state in part]
            if not waiting:
                return Seen(True, "ready")
            reasons = [reason for part in pool.map(lambda n: _pod_reasons(handle, n), namespaces) for reason in part]
        return Seen(None, "; ".join([*waiting, *reasons]))

    eventually(look, what="everything is ready", within_s=within_s, next_step="Run with --keep and look at the pods.")


def _unready(handle: Handle, namespace: str) -> list[str]:
    api = apps(handle)
    workloads = [
        *(("deployment", one) for one in api.list_namespaced_deployment(namespace, _request_timeout=TIMEOUT_S).items),
        *(
            ("statefulset", one)
            for one in api.list_namespaced_stateful_set(namespace, _request_timeout=TIMEOUT_S).items
        ),
    ]
    states = [(f"{kind} {namespace}/{one.metadata.name}", rollout(one)) for kind, one in workloads]
    on_nodes = api.list_namespaced_daemon_set(namespace, _request_timeout=TIMEOUT_S).items
    states += [(f"daemonset {namespace}/{one.metadata.name}", spread(one)) for one in on_nodes]
    return [f"{name} {state}" for name, state in states if state]


def rollout(workload: Any) -> str:
    """What a Deployment or StatefulSet still waits for, in words; empty where it is rolled out and available."""
    wanted, status = workload.spec.replicas, workload.status
    if (status.observed_generation or 0) < workload.metadata.generation:
        return "its change was not seen yet"
    updated, ready, total = status.updated_replicas or 0, status.ready_replicas or 0, status.replicas or 0
    if updated < wanted:
        return f"{updated} of {wanted} updated"
    if total > updated:
        return f"{total - updated} old replicas left"
    available = getattr(status, "available_replicas", None) or 0
    return "" if min(ready, available) >= wanted else f"{min(ready, available)} of {wanted} available"


def spread(daemon_set: Any) -> str:
    """What a DaemonSet still waits for, in words; empty where every node that takes its pod has the newest, available.

    A pod that was never made has no state of its own to be told by: the count is all there is.
    """
    status = daemon_set.status
    if (status.observed_generation or 0) < daemon_set.metadata.generation:
        return "its change was not seen yet"
    wanted = status.desired_number_scheduled or 0
    updated, available = status.updated_number_scheduled or 0, status.number_available or 0
    if updated < wanted:
        return f"{updated} of {wanted} updated"
    return "" if available >= wanted else f"{available} of {wanted} available"


def _pod_reasons(handle: Handle, namespace: str) -> list[str]:
    pods = core(handle).list_namespaced_pod(namespace, _request_timeout=TIMEOUT_S).items
    reasons = []
    for pod in pods:
        for status in pod.status.container_statuses or []:
            if status.state.waiting and status.state.waiting.reason != "ContainerCreating":
                reasons.append(
                    f"{pod.metadata.name}: {status.state.waiting.reason} {status.state.waiting.message or ''}"
                )
        for condition in pod.status.conditions or []:
            if condition.type == "PodScheduled" and condition.status == "False":
                reasons.append(f"{pod.metadata.name}: {condition.message}")
    return reasons
