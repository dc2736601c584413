"""The two activities of a drill that no other run has: a random wait, and the time of the trainee."""

from __future__ import annotations

from cluster.errors import LabError
from experiments.drill.looks.look import Looker
from experiments.drill.waiting import pass_quietly
from experiments.drill.work import Work
from experiments.play.played import Configuration
from experiments.play.session import session_of


def wait(for_s: float, configuration: Configuration) -> None:
    """Let `for_s` seconds pass; a facilitator may cut it short, or stop the time. Then see what is deployed.

    Raises:
        ActivityFailed: a facilitator ended the drill.
        LabError: the system could not be looked at.
    """
    session = session_of(configuration)
    pass_quietly(session, for_s)
    session.room.looker = Looker(session)


def trainee_works(limit_s: float, configuration: Configuration) -> None:
    """Wait for the page, then for a fix that is one.

    Args:
        limit_s: seconds from the page, or from the bite where nobody is paged.
        configuration: leads to the run.

    Raises:
        ActivityFailed: the drill ended without a fix; the message says how.
        LabError: nobody looked at the system before the fault.
    """
    session = session_of(configuration)
    if session.room.looker is None:
        raise LabError("Nobody looked at the system before the fault, so no fix can be judged.")
    Work(session, session.room.looker, limit_s).to_the_end()
