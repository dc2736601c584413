"""What a scenario author imports, together with `firedrill.faults`.

from firedrill import Scenario, Source, absorbs, cache, config, fires, holds, locust, time_scale
"""

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
