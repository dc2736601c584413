"""The load steps to five times of what it was, customers reload, and the autoscaler comes too late."""

from firedrill import Scenario, Source, absorbs, fires, holds, locust, time_scale
from firedrill.faults import load

from . import series

SERVED = [
    holds("p95 is under a second", f"{series.P95} < 1"),
    holds("95 of 100 customers get their page", f"{series.SERVED} > 0.95"),
    holds("fewer than 5 pages in 100 are asked for again", f"{series.TRIES} < 1.05"),
]

SCENARIO = Scenario(
    title="The autoscaler loses against a fivefold load",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=93, last=240),
        Source(document="002_f53e036eb627427e.txt", first=927, last=927),
        Source(document="002_f53e036eb627427e.txt", first=952, last=952),
        Source(document="003_8ae171b1dc99852e.txt", first=403, last=435),
        Source(document="001_bed9e0787ebe3254.txt", first=729, last=732),
    ],
    namespaces=["webshop"],
    time_scale=time_scale(
        60,
        {"5m": "10s", "10m": "60s"},
        constants={"3": "2"},  # restarts within [60s]: Kubernetes' back-off is not scaled, three do not fit
    ),
    traffic=locust(rps=5, target="storefront.webshop:8080", locustfile="traffic.py", timeout="2"),
    healthy=[
        *SERVED,
        holds("every replica that is wanted serves", f"{series.SPECIFIED} == {series.READY}"),
    ],
    fault=[load.step(25)],
    onset="90s",
    bites=[
        holds("a replica more serves, and pages take over 2 s nonetheless", f"{series.LATE_NONETHELESS} > 2"),
        holds("most customers get no page", f"{series.SERVED} < 0.5"),
    ],
    proof=[
        holds("four times as many customers come, or more", f"{series.OFFERED} > 20"),
        holds("each page is asked for more than twice", f"{series.TRIES} > 2"),
        holds("the autoscaler asks for more replicas", f"{series.ADDED} >= 1"),
    ],
    detects=[
        fires("HighLatency", to="storefront-oncall"),
        fires("HighCPUUsage", to="storefront-oncall"),
        fires("RetryStorm", to="storefront-oncall"),
        fires("AutoscalerLags", to="platform-oncall"),
    ],
    silent=["AutoscalerAtMaximum", "PodUnschedulable", "PodCrashLoop"],
    mitigated=[
        holds("replicas for everybody who comes are asked for", f"{series.FLOOR} >= {series.OFFERED}"),
        holds("who would wait too long is told so at once", f"{series.SHED} > 0"),
    ],
    recovers=SERVED,
    recovery_hold="15s",
    ends_by_itself="twelve replicas can render even three tries of each page, and the autoscaler gets there",
    prevention=absorbs(lasts="60s", trace=(f"{series.OFFERED} > 20", f"{series.READY} >= 8")),
)
