"""The namespaces that belong to a run, and go away with it."""

from __future__ import annotations

from experiments.play.session import Session


def own_namespaces(session: Session) -> list[str]:
    """The scenario's own, its monitoring's and its clients'."""
    scenario = session.file.scenario
    return [*scenario.namespaces, scenario.monitoring, *([scenario.clients] if scenario.traffic else [])]
