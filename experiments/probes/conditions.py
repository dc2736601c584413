"""The probe of the steady-state hypothesis: one condition, now."""

from __future__ import annotations

from experiments.play.played import Configuration
from experiments.play.session import session_of
from experiments.probes.ask import ask


def holds(name: str, configuration: Configuration) -> bool:
    """Whether the condition called `name` holds at this moment.

    Raises:
        OracleUnavailable: it could not be asked.
    """
    session = session_of(configuration)
    condition = session.conditions[name]
    answer = ask(condition, session.sources)
    session.recorder.event("condition", condition.title, held=answer.held, names=[name], state=answer.state)
    return answer.held
