"""The run's own load, changed while it runs."""

from __future__ import annotations

from cluster.errors import CommandFailed, LabError
from experiments.actions.objects import refuse_outside
from experiments.play.played import Configuration
from experiments.play.session import session_of


def change(namespace: str, rps: float, over_s: float, lasts_s: float | None, configuration: Configuration) -> None:
    """Change the arrival rate of the run's Locust: to `rps` in a straight line, and back after a time if one is given.

    Args:
        namespace: where the clients are; the scenario's own clients if empty.
        rps: requests a second, 0 to 1000.
        over_s: seconds until the rate is reached; 0 is a step.
        lasts_s: seconds at that rate before the one of today comes back; None for the rest of the run.

    Raises:
        LabError: the namespace is not the run's own, or its Locust refuses or does not answer.
    """
    session = session_of(configuration)
    where = namespace or session.file.scenario.clients
    refuse_outside(session, where)
    asked = [f"rps={rps:g}", f"over={over_s:g}", *([f"lasts={lasts_s:g}"] if lasts_s is not None else [])]
    program = ("exec", "deployment/locust", "-n", where, "--", "python", "/srv/control.py")
    try:
        session.home.kubectl(*program, *asked, timeout_s=20)
    except CommandFailed as error:
        raise LabError(f"The load in {where} was not changed: {error.happened}", "Look at its Locust.") from error
