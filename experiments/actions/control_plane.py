"""Faults of a control plane. They may leave it beyond repair, so they strike a cluster of the run's own alone."""

from __future__ import annotations

import base64
import os
import shlex
import time

import yaml
from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError, UsageError
from cluster.guard import Handle
from experiments.actions.node_commands import on_node
from experiments.actions.objects import refuse_outside
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of
from experiments.waiting import Seen, eventually

NAME = "chatty-controller"
REFUSAL = "database space exceeded"
"""What etcd says of a write once its NOSPACE alarm is raised; the API server hands it on."""

MANIFESTS = "/etc/kubernetes/manifests"


def fill_etcd(namespace: str, object_kib: int, most_mib: int, within_s: float, configuration: Configuration) -> int:
    """Write one ConfigMap over and over until etcd refuses for lack of space.

    Args:
        namespace: one of the run's own.
        object_kib: size of each write (KiB); random, so that nothing shrinks it.
        most_mib: how much is written at most (MiB).
        within_s: seconds until etcd has to refuse.

    Returns:
        How many writes it took.

    Raises:
        UsageError: the run has no cluster of its own.
        LabError: etcd took all of it, or did not fill up in time, or a write failed for another reason.
    """
    session = _with_own_cluster(session_of(configuration), "filling etcd")
    refuse_outside(session, namespace)
    api, deadline = core(session.handle), time.monotonic() + within_s
    most = most_mib * 1024 // object_kib
    for written in range(most):
        if time.monotonic() > deadline:
            raise LabError(f"etcd is not full after {within_s:g} s and {written} writes of {object_kib} KiB.")
        text = base64.b64encode(os.urandom(object_kib * 1024 * 3 // 4)).decode()
        body = {"metadata": {"name": NAME}, "data": {"state": text}}
        try:
            if written:
                api.replace_namespaced_config_map(NAME, namespace, body, _request_timeout=TIMEOUT_S)
            else:
                api.create_namespaced_config_map(namespace, body, _request_timeout=TIMEOUT_S)
        except ApiException as error:
            if REFUSAL in str(error.body):
                return written
            raise LabError(
                f"Write {written + 1} failed, but not for lack of space: {error.status} {error.body}"
            ) from error
    raise LabError(
        f"etcd took {most} writes of {object_kib} KiB and is not full.",
        'Declare a smaller quota, dedicated(etcd={"quota-backend-bytes": …}), or a higher most_mib.',
    )


def set_flags(component: str, flags: dict[str, str | None], within_s: float, configuration: Configuration) -> None:
    """Change flags in a static pod's manifest and wait until the process with the old flags is gone.

    Args:
        component: `etcd` or `kube-apiserver`, its pod's and its program's name.
        flags: without dashes -> value; None takes the flag away.
        within_s: seconds until the old process has to be gone.

    Raises:
        UsageError: the run has no cluster of its own.
        LabError: the node has no such manifest.
        ConditionTimedOut: the kubelet did not replace the pod in time.
    """
    session = _with_own_cluster(session_of(configuration), f"changing flags of {component}")
    handle, file = session.handle, f"{MANIFESTS}/{component}.yaml"
    node = handle.lab.control_plane
    manifest = yaml.safe_load(on_node(handle, node, f"cat {file}"))
    container = manifest["spec"]["containers"][0]
    container["command"] = with_flags(container["command"], flags)
    text = base64.b64encode(yaml.safe_dump(manifest).encode()).decode()
    before = _processes(handle, component)
    # Moved in one step from outside the folder: the kubelet reads whatever lies in it.
    on_node(
        handle,
        node,
        f"base64 -d <<<{text} > /etc/kubernetes/{component}.new && mv /etc/kubernetes/{component}.new {file}",
    )

    def look() -> Seen[bool]:
        left = before & _processes(handle, component)
        return Seen(None if left else True, f"process {', '.join(sorted(left))} still runs")

    eventually(look, what=f"{component} with its old flags has ended", within_s=within_s)


def with_flags(command: list[str], flags: dict[str, str | None]) -> list[str]:
    """A command line with flags set (`--name=value`), or taken away where the value is None."""
    kept = [word for word in command if word.removeprefix("--").partition("=")[0] not in flags]
    return [*kept, *(f"--{name}={value}" for name, value in flags.items() if value is not None)]


def _with_own_cluster(session: Session, what: str) -> Session:
    if session.handle is session.home:
        raise UsageError(
            f"{what[0].upper()}{what[1:]} may wreck a control plane, and this run's is the lab's own.",
            "declare cluster=dedicated(…) in scenario.py",
        )
    return session


def _processes(handle: Handle, component: str) -> set[str]:
    return set(on_node(handle, handle.lab.control_plane, f"pgrep -x {shlex.quote(component)} || true").split())
