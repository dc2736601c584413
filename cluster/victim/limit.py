"""The end of a throw-away cluster that nobody removes: its nodes stop by themselves."""

from __future__ import annotations

from cluster.errors import LabError
from cluster.guard import Handle

LIMIT_S = 12 * 3600
"""A run may be kept standing for a working day; what is forgotten after that takes no CPU and no memory any more."""


def arm(victim: Handle, limit_s: int = LIMIT_S) -> None:
    """Has every node of a throw-away cluster stop after a time, without the runner and without Kubernetes.

    The stopped containers stay until the next run or `firedrill heal` removes them.

    Args:
        victim: the throw-away cluster.
        limit_s: seconds from now.

    Raises:
        LabError: a node refused the timer.
    """
    for name in victim.nodes():
        # An exit with 0, since kind has the engine restart a node that failed; a power-off counts as that. Forced,
        # since the pods of a wrecked cluster would be waited for.
        timer = ["systemd-run", "--unit=firedrill-limit", f"--on-active={limit_s}s"]
        asked = [*timer, "--timer-property=AccuracySec=1s", "--", "systemctl", "--force", "exit", "0"]
        code, output = victim.node(name).exec_run(asked)
        if code:
            raise LabError(f"{name} took no timer for its end: {output.decode(errors='replace').strip()}")
