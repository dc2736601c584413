"""The names that `firedrill` hands to scenario authors."""

from __future__ import annotations

from experiments.model.alerts import absorbs, contains, fires, inhibits, refused_by
from experiments.model.cluster import dedicated
from experiments.model.conditions import answers, holds, kube, sql
from experiments.model.excuse import excuse
from experiments.model.machines import machine
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from experiments.model.traffic import locust

__all__ = [
    "Scenario",
    "Source",
    "absorbs",
    "answers",
    "contains",
    "dedicated",
    "excuse",
    "fires",
    "holds",
    "inhibits",
    "kube",
    "locust",
    "machine",
    "refused_by",
    "sql",
    "time_scale",
]
