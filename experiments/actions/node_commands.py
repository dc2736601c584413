"""Commands on a node, through the engine: they work whatever the kubelet or the node's network does."""

from __future__ import annotations

from cluster.errors import CommandFailed, LabError
from cluster.guard import Handle
from cluster.process import run

LIMIT_S = 50
"""A command that runs longer is killed."""

LOCK = "exec 9</run; flock 9\n"
"""What breaks a node, its undo and its timer wait for each other, so none sees the others' work half done."""


def at_once(handle: Handle, node: str, script: str, *arguments: str) -> str:
    """Run a bash script as root on a node.

    Args:
        handle: the guarded lab.
        node: whole name.
        script: runs under `set -euo pipefail`; the arguments are its `$1` and so on. Why it ends is what it wrote to
            standard error.

    Returns:
        Standard output.

    Raises:
        NotOurLab: the lab has no such node.
        LabError: it ended non-zero or at its limit of 50 s, or the node's container does not run.
    """
    within = ["timeout", "--kill-after=2", str(LIMIT_S), "bash", "-euo", "pipefail", "-c", script, "firedrill"]
    try:
        # A process of its own: the engine's client would wait for ever on a node that is frozen meanwhile.
        return run(["docker", "exec", handle.node(node).name, *within, *arguments], timeout_s=LIMIT_S + 5)
    except CommandFailed as error:
        reason = error.happened.splitlines()[-1]
        raise LabError(f"A command on node {node} failed: {reason}", "firedrill status") from error


def on_node(handle: Handle, node: str, script: str) -> str:
    """The same as `at_once`, but after any other of these that runs there: for what breaks a node or mends it."""
    return at_once(handle, node, LOCK + script)
