"""The smallest incident: somebody scales the only Redis to nothing."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import objects

AVAILABLE = 'sum(kube_deployment_status_replicas_available{deployment=~"redis.*"})'
NONE_WANTED = 'sum(kube_deployment_spec_replicas{deployment="redis"}) == 0'

SCENARIO = Scenario(
    title="The only Redis is scaled to nothing",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["tiny"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[
        holds("Redis is available", f"{AVAILABLE} >= 1"),
        kube("one replica is ready", "deployment/redis", ".status.readyReplicas", equals="1", namespace="tiny"),
    ],
    baseline_hold="3s",
    fault=[objects.scale("deployment/redis", 0, namespace="tiny")],
    onset="20s",
    bites=[holds("no Redis is available", f"{AVAILABLE} == 0")],
    proof=[holds("none is wanted", NONE_WANTED)],
    detects=[fires("RedisGone", to="cache-oncall", within="15s")],
    silent=["RedisCrashLoop"],
    recovers=[
        holds("Redis is available", f"{AVAILABLE} >= 1"),
        kube("somebody serves", "endpoints/redis", ".subsets[*].ports[*].port", equals="6379", namespace="tiny"),
    ],
    recovery_hold="3s",
    invariants=[kube("still one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="tiny")],
    prevention=absorbs(lasts="8s", trace=(NONE_WANTED,)),
)
