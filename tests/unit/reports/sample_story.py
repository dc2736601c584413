"""What an author wrote for the sample run: story, runbook and scenario, shaped like the cache stampede."""

from __future__ import annotations

from experiments.model.actions import Step
from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, sql
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from experiments.model.traffic import locust

P95 = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5s])))"
POOL = "sum(db_connections_active) / sum(db_connections_max)"
EXPIRED = "sum(increase(redis_expired_keys_total[10s]))"

STORY = """# Every cache key expires in the same minute

## Story
An e-commerce API had its p95 jump from **50 ms** to over 2000 ms for 5 to 10 minutes, every 3 h 47 m exactly. All cache
entries had been written with one TTL, so they expired in one moment; thousands of misses hit Postgres and the pool of
50 connections was exhausted.

## System
Two FastAPI pods, one Redis, one Postgres. Reads go to Redis first; a miss costs one query of 0.8 s.

## Fault
The fault rolls out `CACHE_TTL=60`, `CACHE_JITTER=0` and warms all keys. *Redis itself* expires them a minute later.

## Original and lab scale
| Quantity | Original | Lab |
|---|---|---|
| TTL | 3 h 47 m | 60 s |
| Spike length | 5-10 min | 4-15 s (not scaled) |
| Pool | 50 → 100 | 50 → 100 |
| p95 normal / spike | 50 / 2000 ms | 50 / ≥ 2000 ms |

## Sources
`000_72b5b11479e3fb8e.txt`, lines 1 to 94. <script>alert("story")</script> ![pixel](http://example.invalid/x.png)
"""

RUNBOOK = "# DbPoolNearlyExhausted\n\n## Diagnosis\n"

SCENARIO = Scenario(
    title="Every cache key expires in the same minute",
    sources=(Source(document="000_72b5b11479e3fb8e.txt", first=1, last=94),),
    namespaces=("shop",),
    time_scale=time_scale(60, {"1h": "15s", "1d": "30s"}),
    traffic=locust(rps=100),
    healthy=(holds("p95 under 50 ms", f"{P95} < 0.05"), holds("the pool is idle", f"{POOL} < 0.2")),
    fault=(
        Step(title="roll out one TTL", module="experiments.actions.config", function="roll_out", arguments={}),
        Step(title="warm every key", module="experiments.actions.cache", function="warm", arguments={}),
    ),
    onset=70.0,
    bites=(holds("the pool is exhausted", f"{POOL} > 0.95"), holds("p95 over 2 s", f"{P95} > 2")),
    proof=(holds("Redis itself expired the keys", f"{EXPIRED} > 200"),),
    detects=(fires("DbPoolNearlyExhausted", to="database-oncall"), fires("LatencyAnomalyDetected")),
    silent=("ApiDown", "PodCrashLoop", "PostgresDown"),
    recovers=(holds("p95 under 200 ms", f"{P95} < 0.2"), holds("the pool has room", f"{POOL} < 0.65")),
    recurs=60.0,
    invariants=(
        sql("orders are complete", "select count(*) from orders where lines = 0", equals="0", namespace="shop"),
    ),
    prevention=absorbs(),
)
