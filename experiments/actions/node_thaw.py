"""The sibling container that lets a frozen node run again when its limit is over: no runner, nothing of the node.

It is the only container of the lab that gets the engine's socket. See docs/decisions/009-timers-without-the-runner.md.
"""

from __future__ import annotations

import os

from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.types import LogConfig, Mount

from cluster.guard import Handle
from cluster.images.tags import references
from experiments.toolbox.sweep import LABEL_PART

IMAGE = "firedrill/toolbox"
PART = "thaw"
_SOCKET = "/run/engine.sock"
_DEFAULT_SOCKET = "/var/run/docker.sock"


def start(handle: Handle, node: Container, limit_s: float) -> None:
    """Start the sibling; the node may be frozen when this returns.

    Args:
        handle: the guarded lab.
        node: the node's container, which the sibling names by its id.
        limit_s: seconds until it lets the node run again, and ends.

    Raises:
        APIError: the engine refused; there is a sibling of this node already, for instance.
    """
    ask = f"curl -fsS --unix-socket {_SOCKET} -X POST http://engine/containers/{node.id}/unpause"
    handle.docker.containers.run(
        references(handle.lab.root)[IMAGE],
        ["bash", "-c", f"sleep {limit_s:g}; {ask}"],
        entrypoint=[],
        name=_name(node.name),
        labels=handle.lab.labels | {LABEL_PART: PART},
        mounts=[Mount(_SOCKET, _engine_socket(), type="bind")],
        user="0:0",  # who owns the socket
        network_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        read_only=True,
        mem_limit="64m",
        pids_limit=16,
        log_config=LogConfig(type="none"),
        auto_remove=True,
        detach=True,
    )


def stop(handle: Handle, node: str) -> bool:
    """Remove the sibling of a node; one that is gone is no error.

    Returns:
        Whether it was still waiting.

    Raises:
        APIError: the engine refused.
    """
    try:
        handle.docker.containers.get(_name(node)).remove(force=True)
    except NotFound:
        return False
    except APIError as error:
        if error.status_code != 409:  # its removal is already under way
            raise
        return False
    return True


def _name(node: str) -> str:
    return f"{node}-thaw"


def _engine_socket() -> str:
    """The engine's socket on its own host; an engine that is asked over TCP has it at the usual place."""
    scheme, _, path = os.environ.get("DOCKER_HOST", "").partition("://")
    return path if scheme == "unix" else _DEFAULT_SOCKET
