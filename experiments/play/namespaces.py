"""The namespaces that belong to a run, and go away with it, and the cluster that each stands in."""

from __future__ import annotations

from cluster.guard import Handle
from experiments.play.session import Session


def own_namespaces(session: Session) -> list[str]:
    """The scenario's own, its monitoring's and its clients'."""
    scenario = session.file.scenario
    return [*scenario.namespaces, scenario.monitoring, *([scenario.clients] if scenario.traffic else [])]


def around(session: Session) -> list[str]:
    """What measures and loads the system: its monitoring's namespace and its clients', always in the lab's cluster."""
    return [name for name in own_namespaces(session) if name not in session.file.scenario.namespaces]


def placed(session: Session) -> list[tuple[Handle, list[str]]]:
    """Each cluster that the run uses, with the run's namespaces there."""
    if session.handle is session.home:
        return [(session.home, own_namespaces(session))]
    return [(session.handle, list(session.file.scenario.namespaces)), (session.home, around(session))]
