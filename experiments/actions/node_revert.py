"""How a node fault is taken back: one script, run by whoever comes first, the undo or a timer on a node.

The timer needs no runner: systemd on the node runs the script when the limit is over. The undo runs the same script and
disarms the timer.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cluster.errors import LabError
from cluster.guard import open_handle
from cluster.lab import Lab
from experiments.actions import node_ready
from experiments.actions.node_commands import LOCK, on_node
from experiments.compile.activities import undo
from experiments.play.played import Configuration
from experiments.play.session import Session, find
from experiments.undo.journal import Activity


@dataclass(frozen=True)
class Revert:
    """How one fault of a node is taken back.

    Args:
        title: what it does, in words.
        node: the node that is struck.
        keeper: the node whose systemd keeps the timer: the struck one, or the control plane where only the API is used.
        unit: name of the timer, beginning with `firedrill-`; there is one of a name on a node.
        script: bash, idempotent, under `set -euo pipefail`.
        in_story: that the timer goes off is the incident's own end of it; it leaves no trace of a limit.
    """

    title: str
    node: str
    keeper: str
    unit: str
    script: str
    in_story: bool = False

    @property
    def file(self) -> str:
        """Where the keeper has the timer's script; it goes with the timer."""
        return f"/run/{self.unit}.sh"

    @property
    def elapsed(self) -> str:
        """The trace of a timer that went off, for the undo."""
        return f"/run/{self.unit}.elapsed"


def arm(session: Session, revert: Revert, limit_s: float) -> None:
    """Promise the undo and to wait for the node after it, and arm the timer; what breaks the node comes after this.

    Args:
        session: the open run.
        revert: how it is taken back.
        limit_s: seconds until the timer takes it back without the runner.

    Raises:
        LabError: the timer cannot be armed, or the fault stands already: its undo would be taken for this one's.
    """
    promise_ready(session, revert.node)
    arm_alone(session, revert, limit_s)


def arm_alone(session: Session, revert: Revert, limit_s: float) -> None:
    """`arm` for what leaves the node itself ready: nothing has to be waited for.

    Raises:
        LabError: as `arm`.
    """
    known = on_node(session.handle, revert.keeper, f"systemctl list-units --all --plain --no-legend '{revert.unit}.*'")
    if known:
        raise LabError(f"{revert.keeper} has {known.split()[0]} already: this fault stands.", "firedrill heal")
    session.journal.promise(_activity(revert))
    trace = "" if revert.in_story else f"touch {revert.elapsed}\n"
    timed = f"{trace}trap 'rm -f {revert.file}' EXIT\n{LOCK}{revert.script}"
    on_node(
        session.handle,
        revert.keeper,
        f"rm -f {revert.elapsed}\n"
        f"base64 -d <<<{_encoded(timed)} >{revert.file}\n"
        f"systemd-run --quiet --collect --unit={revert.unit} --on-active={limit_s:g}s "
        f"--timer-property=AccuracySec=100ms -- bash -euo pipefail {revert.file}",
    )


def promise_ready(session: Session, node: str) -> None:
    """Promise, unless it is owed already, to wait for the node: replayed after every other undo of this node."""
    waiting = node_ready.activity(node)
    if waiting not in [owed.activity for owed in session.journal.owed()]:
        session.journal.promise(waiting)


def revert(title: str, node: str, keeper: str, unit: str, script: str, configuration: Configuration) -> None:
    """Undo: take the fault back and disarm its timer; nothing to take back is no error.

    A timer that went off before its run was undone is written to the timeline: not the runbook alone mended the node.

    Args:
        title: what it does, in words.
        node: the node that was struck.
        keeper: the node that keeps the timer.
        unit: the timer's name.
        script: in base64, which has no `$`: Chaos Toolkit replaces those in arguments.

    Raises:
        NotOurLab: the guard refuses the cluster.
        LabError: the script failed, or the keeper could not be asked.
    """
    owed = Revert(title, node, keeper, unit, base64.b64decode(script).decode())
    handle = open_handle(Lab.of_checkout())
    try:
        said = on_node(
            handle,
            keeper,
            f"systemctl stop {unit}.timer 2>/dev/null || true\n"
            f"( {owed.script}\n) >&2\n"
            # A timer that went off just now waits for the lock; it must not come after this.
            f"systemctl stop {unit}.service 2>/dev/null || true\n"
            f"[ ! -e {owed.elapsed} ] || echo {owed.elapsed}\n"
            f"rm -f {owed.file} {owed.elapsed}",
        )
    finally:
        handle.close()
    if owed.elapsed in said:
        note_elapsed(configuration, node, title)


def note_elapsed(configuration: Configuration, node: str, title: str) -> None:
    """Say in the run's timeline, where it is still open, that the limit was over before the run was."""
    session = find(configuration)
    if session is not None:
        session.recorder.event("note", f"the limit on {node} was over first: {title}", node=node, elapsed=True)


def _encoded(script: str) -> str:
    return base64.b64encode(script.encode()).decode()


def _activity(revert: Revert) -> Activity:
    return undo(
        revert.title,
        __name__,
        "revert",
        title=revert.title,
        node=revert.node,
        keeper=revert.keeper,
        unit=revert.unit,
        script=_encoded(revert.script),
    )
