"""A frozen node for the kill matrix: nothing in it answers, the lab's own look at it neither."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import nodes

ANSWERS = holds("Redis' exporter answers", 'min(up{job="redis"}) == 1')

SCENARIO = Scenario(
    title="A node stands still",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["kill-frozen-node"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[ANSWERS],
    baseline_hold="1s",
    fault=[nodes.freeze(nodes.in_zone("b"), limit="40s")],
    onset="10s",
    bites=[holds("it does not", 'min(up{job="redis"}) == 0')],
    proof=[holds("it hangs, it does not refuse", 'max(scrape_duration_seconds{job="redis"}) >= 0.9')],
    detects=[fires("RedisSilent", to="cache-oncall")],
    silent=["RedisCrashLoop"],
    recovers=[ANSWERS],
    recovery_hold="1s",
    invariants=[
        kube("one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="kill-frozen-node")
    ],
    prevention=absorbs(lasts="2s"),
)
