"""An incident with everything in it that a drill's judge looks at: a release sets a password that no client has."""

from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import config

SERVED = "(max(redis_up) or vector(0))"
REFUSED = "(max(redis_exporter_last_scrape_error) or vector(0))"
LEDGER = 'sum(kube_deployment_status_replicas_available{deployment="ledger"})'

SCENARIO = Scenario(
    title="The cache asks for a password that nobody has",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["till"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[
        holds("the cache serves its clients", f"{SERVED} == 1"),
        holds("the ledger is available", f"{LEDGER} == 1"),
    ],
    baseline_hold="3s",
    fault=[config.roll_out("till", "redis", REDIS_PASSWORD="nobody-was-told")],
    onset="20s",
    bites=[holds("the cache refuses its clients", f"{SERVED} == 0")],
    proof=[holds("a client is refused", f"{REFUSED} == 1")],
    detects=[fires("CacheRefusesItsClients", to="cache-oncall", within="15s")],
    silent=["CacheCrashLoop"],
    recovers=[
        holds("the cache serves its clients", f"{SERVED} == 1"),
        kube("somebody serves", "endpoints/redis", ".subsets[*].ports[*].port", equals="6379", namespace="till"),
    ],
    recovery_hold="3s",
    invariants=[kube("still one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="till")],
    prevention=absorbs(lasts="8s", trace=(f"{REFUSED} == 1",)),
)
