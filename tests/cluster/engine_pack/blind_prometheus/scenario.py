"""An incident whose victim is the run's own Prometheus: somebody scales it to nothing."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import answers, holds
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import objects

WANTED = 'sum(kube_deployment_spec_replicas{namespace="blind-monitoring", deployment="prometheus"})'
UP = '(sum(up{job="prometheus", namespace="blind-monitoring"}) or vector(0))'
WELL = [
    holds("the watchtower scrapes Prometheus", f"{UP} == 1"),
    answers("Prometheus is ready", "prometheus", "/-/ready", port=9090, namespace="blind-monitoring"),
]

SCENARIO = Scenario(
    title="The Prometheus that should tell is the victim",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["blind"],
    time_scale=time_scale(60),
    healthy=WELL,
    baseline_hold="3s",
    fault=[objects.scale("deployment/prometheus", 0, namespace="blind-monitoring")],
    onset="20s",
    bites=[holds("nothing of Prometheus is left to scrape", f"{UP} == 0")],
    proof=[holds("none is wanted", f"{WANTED} == 0")],
    detects=[fires("PrometheusDown", to="observability-oncall")],
    silent=["AlertmanagerDown"],
    recovers=WELL,
    recovery_hold="3s",
    prevention=absorbs(lasts="5s"),
    alerts_by="watchtower",
)
