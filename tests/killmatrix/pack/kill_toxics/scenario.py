"""A Toxiproxy fault for the kill matrix: the proxy between the exporter and Redis is taken down."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import toxics

REACHED = holds("Redis is reached", "min(redis_up) == 1")

SCENARIO = Scenario(
    title="The way to Redis is closed",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["kill-toxics"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[REACHED],
    baseline_hold="1s",
    fault=[toxics.down("redis", namespace="kill-toxics")],
    onset="10s",
    bites=[holds("Redis is not reached", "min(redis_up) == 0")],
    proof=[holds("the connection itself fails", "max(redis_exporter_last_scrape_error) == 1")],
    detects=[fires("RedisNotReached", to="cache-oncall")],
    silent=["RedisCrashLoop"],
    recovers=[REACHED],
    recovery_hold="1s",
    invariants=[kube("one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="kill-toxics")],
    prevention=absorbs(lasts="2s"),
)
