"""The names that `firedrill` hands to scenario authors; they stand here and nowhere else."""

from experiments.model.alerts import absorbs as absorbs
from experiments.model.alerts import contains as contains
from experiments.model.alerts import fires as fires
from experiments.model.alerts import inhibits as inhibits
from experiments.model.alerts import refused_by as refused_by
from experiments.model.alerts import stopped_by as stopped_by
from experiments.model.cluster import dedicated as dedicated
from experiments.model.conditions import answers as answers
from experiments.model.conditions import holds as holds
from experiments.model.conditions import kube as kube
from experiments.model.conditions import sql as sql
from experiments.model.excuse import excuse as excuse
from experiments.model.machines import machine as machine
from experiments.model.scenario import Scenario as Scenario
from experiments.model.scenario import Source as Source
from experiments.model.timescale import time_scale as time_scale
from experiments.model.traffic import locust as locust
