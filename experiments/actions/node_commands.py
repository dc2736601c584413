"""Commands on a node, through the engine: they work whatever the kubelet or the node's network does."""

from __future__ import annotations

from docker.errors import APIError

from cluster.errors import LabError
from cluster.guard import Handle

LIMIT_S = 50
"""A command that runs longer is killed; below the engine client's own read timeout of 60 s."""

LOCK = "exec 9</run; flock 9\n"
"""What breaks a node, its undo and its timer wait for each other, so none sees the others' work half done."""


def at_once(handle: Handle, node: str, script: str, *arguments: str) -> str:
    """Run a bash script as root on a node.

    Args:
        handle: the guarded lab.
        node: whole name.
        script: runs under `set -euo pipefail`; the arguments are its `$1` and so on.

    Returns:
        What it wrote.

    Raises:
        NotOurLab: the lab has no such node.
        LabError: it ended non-zero or at its limit of 50 s, or the node's container does not run.
    """
    argv = ["timeout", "--kill-after=2", str(LIMIT_S), "bash", "-euo", "pipefail", "-c", script]
    try:
        code, output = handle.node(node).exec_run([*argv, "firedrill", *arguments])
    except APIError as error:
        raise LabError(f"No command runs on node {node}: {error.explanation}", "make status") from error
    text: str = output.decode(errors="replace")
    if code:
        raise LabError(f"A command on node {node} ended with {code}: {text.strip()[-400:] or 'it said nothing'}")
    return text


def on_node(handle: Handle, node: str, script: str) -> str:
    """The same as `at_once`, but after any other of these that runs there: for what breaks a node or mends it."""
    return at_once(handle, node, LOCK + script)
