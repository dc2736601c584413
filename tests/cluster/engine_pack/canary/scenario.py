"""The smallest incident once more, full of secrets; the run may write none of them."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import objects

AVAILABLE = 'sum(kube_deployment_status_replicas_available{deployment="redis"})'

SCENARIO = Scenario(
    title="Secrets everywhere",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["canary"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[
        holds("Redis is available", f"{AVAILABLE} == 1"),
        kube("one replica is ready", "deployment/redis", ".status.readyReplicas", equals="1", namespace="canary"),
    ],
    baseline_hold="3s",
    fault=[
        objects.patch("secret/canary", {"stringData": {"rotated": "cnry-fault-e1e2"}}, namespace="canary"),
        objects.scale("deployment/redis", 0, namespace="canary"),
    ],
    onset="20s",
    bites=[holds("no Redis is available", f"{AVAILABLE} == 0")],
    proof=[holds("none is wanted", 'sum(kube_deployment_spec_replicas{deployment="redis"}) == 0')],
    detects=[fires("RedisGone", to="cache-oncall")],
    silent=["RedisCrashLoop"],
    recovers=[
        holds("Redis is available", f"{AVAILABLE} == 1"),
        kube("one replica is ready", "deployment/redis", ".status.readyReplicas", equals="1", namespace="canary"),
    ],
    recovery_hold="3s",
    invariants=[kube("still one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="canary")],
    prevention=absorbs(lasts="5s"),
)
