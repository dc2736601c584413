"""Cache stampede: identical lifetimes expire together and exhaust the connection pool."""

from firedrill import Scenario, Source, absorbs, fires, holds, locust, sql, time_scale
from firedrill.faults import cache, config

BUCKETS = "sum by (le) (rate(http_request_duration_seconds_bucket[10s]))"
P95 = f"histogram_quantile(0.95, {BUCKETS})"
POOL = "sum(db_connections_active) / sum(db_connections_max)"
HITS = 'sum(rate(cache_requests_total{result="hit"}[10s])) / sum(rate(cache_requests_total[10s]))'
LIFETIMES = "sum by (le) (rate(cache_lifetime_seconds_bucket[60s]))"
# A quantile of nothing is no number: before the first page is kept, lifetimes do not differ.
SPREAD = f"(histogram_quantile(0.99, {LIFETIMES}) - histogram_quantile(0.01, {LIFETIMES}) >= 0 or vector(0))"

SCENARIO = Scenario(
    title="Every cached page expires in the same second",
    sources=[
        Source(document="000_72b5b11479e3fb8e.txt", first=1, last=94),
        Source(document="001_bed9e0787ebe3254.txt", first=161, last=245),
        Source(document="003_8ae171b1dc99852e.txt", first=895, last=918),
    ],
    namespaces=["shop"],
    time_scale=time_scale(
        60,
        {"2m": "5s", "5m": "15s", "10m": "60s", "15m": "15s", "1h": "15s", "1d": "30s"},
        constants={"3": "2"},  # restarts within [60s]: Kubernetes' back-off is not scaled, three do not fit
    ),
    traffic=locust(rps=100, products="300"),
    healthy=[
        holds("p95 is under 50 ms", f"{P95} < 0.05"),
        holds("95 of 100 pages come from the cache", f"{HITS} >= 0.95"),
        holds("less than a fifth of the pool is in use", f"{POOL} < 0.2"),
        holds("the pool is never exhausted", "sum(rate(db_pool_exhausted_total[10s])) == 0"),
    ],
    baseline_hold="20s",
    fault=[
        cache.drop("catalogue:warmed", namespace="shop"),  # so that the next replica to start warms the cache
        config.roll_out("shop", CACHE_TTL="60", CACHE_JITTER="0"),
    ],
    onset="80s",
    bites=[holds("p95 is over half a second", f"{P95} > 0.5")],
    proof=[
        holds("Redis itself expired the pages, all at once", "max(increase(redis_expired_keys_total[10s])) > 200"),
        holds("the pool is exhausted", f"{POOL} > 0.95"),
        holds("requests wait for a connection", "sum(rate(db_pool_exhausted_total[5s])) > 10"),
    ],
    detects=[
        fires("DbPoolNearlyExhausted", to="database-oncall"),
        fires("LatencyAnomalyDetected", to="shop-oncall"),
    ],
    silent=["ApiDown", "PodCrashLoop", "PostgresDown"],
    mitigated=[holds("the pages live for hours", 'max(redis_db_avg_ttl_seconds{db="db0"}) > 3600')],
    recovers=[
        holds("p95 is under 200 ms", f"{P95} < 0.2"),
        holds("less than 65 % of the pool is in use", f"{POOL} < 0.65"),
        holds("95 of 100 pages come from the cache", f"{HITS} >= 0.95"),
        holds("no query fails", 'sum(increase(db_queries_total{result!="ok"}[10s])) == 0'),
    ],
    recurs="60s",
    invariants=[sql("no product is lost", "SELECT count(*) FROM product", equals="300", namespace="shop")],
    prevention=absorbs(
        lasts="130s",
        trace=(
            'max(redis_db_avg_ttl_seconds{db="db0"}) < 70',
            "sum(increase(cache_refreshes_total[60s])) > 250",
            f"{SPREAD} >= 12",
        ),
    ),
    smoke=True,
)
