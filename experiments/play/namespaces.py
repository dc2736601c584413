"""The namespaces that belong to a run, and go away with it, and the cluster that each stands in."""

from __future__ import annotations

from cluster.guard import Handle
from experiments.model.scenario import Scenario
from experiments.play.session import Session


def own_namespaces(session: Session) -> list[str]:
    """What a fault may strike: the scenario's own, its monitoring's and its clients'."""
    return struck(session.file.scenario)


def struck(scenario: Scenario) -> list[str]:
    """The same of a scenario."""
    monitoring = [] if scenario.own_monitoring else [scenario.monitoring]
    return [*scenario.namespaces, *monitoring, *([scenario.clients] if scenario.traffic else [])]


def around(session: Session) -> list[str]:
    """What measures and loads the system: its monitoring's namespace and its clients', always in the lab's cluster."""
    return [name for name in own_namespaces(session) if name not in session.file.scenario.namespaces]


def placed(session: Session) -> list[tuple[Handle, list[str]]]:
    """Each cluster that the run uses, with the run's namespaces there; the watchtower's too, where one judges."""
    scenario = session.file.scenario
    watchtower = [scenario.watchtower] if scenario.alerts_by == "watchtower" else []
    if session.handle is session.home:
        return [(session.home, [*own_namespaces(session), *watchtower])]
    return [(session.handle, list(scenario.namespaces)), (session.home, [*around(session), *watchtower])]


def cluster_of(session: Session, namespace: str) -> Handle:
    """The cluster in which one of the run's namespaces stands."""
    return session.home if namespace in around(session) else session.handle
