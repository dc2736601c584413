"""A node whose every process stands still."""

from __future__ import annotations

from docker.errors import APIError
from docker.models.containers import Container

from cluster.errors import LabError
from cluster.guard import open_handle
from cluster.lab import Lab
from experiments.actions import node_thaw
from experiments.actions.node_choice import Where, resolve
from experiments.actions.node_revert import note_elapsed, promise_ready
from experiments.compile.activities import undo
from experiments.play.played import Configuration
from experiments.play.session import session_of


def freeze(where: Where, limit_s: float, configuration: Configuration) -> str:
    """Pause a node's container: kubelet, containerd and every pod on it stand still, open connections hang.

    Nothing on the node could take this back, so a sibling container does when the limit is over: it is armed first.

    Args:
        where: which node.
        limit_s: seconds until the sibling lets the node run again.

    Returns:
        The node's whole name.

    Raises:
        LabError: there is no such node, it does not run, or the engine refused.
    """
    session = session_of(configuration)
    node = resolve(session, where)
    container = session.handle.node(node)
    if container.status != "running":
        raise LabError(f"{node} is {container.status}: it cannot be frozen.", "firedrill heal")
    promise_ready(session, node)
    session.journal.promise(undo(f"let {node} run again", __name__, "thaw", node=node))
    try:
        node_thaw.start(session.handle, container, limit_s)
        container.pause()
    except APIError as error:
        raise LabError(f"{node} could not be frozen: {error.explanation}", "firedrill doctor") from error
    return node


def thaw(node: str, configuration: Configuration) -> None:
    """Undo of `freeze`: let the node run again and remove the sibling; nothing to do is no error.

    Raises:
        NotOurLab: the guard refuses the cluster.
        LabError: the engine refused.
    """
    handle = open_handle(Lab.of_checkout())
    try:
        container = handle.node(node)
        frozen = _unpaused(container)
        in_time = node_thaw.stop(handle, node)
    except APIError as error:
        raise LabError(f"{node} could not be let run again: {error.explanation}", f"docker unpause {node}") from error
    finally:
        handle.close()
    if not (frozen or in_time):
        note_elapsed(configuration, node, f"{node} ran again")


def _unpaused(container: Container) -> bool:
    """Whether it was frozen; it is not when this returns."""
    try:
        if container.status == "paused":
            container.unpause()
            return True
    except APIError:
        container.reload()  # the sibling's request may have come first
        if container.status == "paused":
            raise
    return False
