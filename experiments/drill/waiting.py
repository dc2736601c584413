"""The quiet time before the fault."""

from __future__ import annotations

import time

from experiments.drill.room import ENDING
from experiments.play.session import Session
from experiments.probes.watch import told

POLL_S = 0.2
"""Between two looks at what people did: a stat of a file."""


def pass_quietly(session: Session, for_s: float) -> None:
    """Let time pass in which nothing happens.

    Args:
        session: the open run.
        for_s: seconds. `pause` and `resume` of a facilitator stop and start this time, `inject` ends it.

    Raises:
        ActivityFailed: a facilitator ended the drill.
    """
    room = session.room
    room.desk.say("waiting")
    began = newest = time.monotonic()
    passed, paused = 0.0, False
    while passed < for_s:
        move = room.next_move()
        if move is not None and move.what in ENDING:
            room.end(ENDING[move.what])
            told(session, "the drill is played", [], False, f"{move.what}, by {move.by}, before anything had happened")
        if move is not None and move.what == "inject":
            break
        if move is not None and move.what in ("pause", "resume"):
            paused = move.what == "pause"
        time.sleep(POLL_S if paused else min(POLL_S, max(0.0, for_s - passed)))
        now = time.monotonic()
        passed, newest = passed + (0.0 if paused else now - newest), now
    session.recorder.event("note", "the quiet time is over", waited_s=round(time.monotonic() - began, 3))
