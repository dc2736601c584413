"""A Redis primary without persistence is back before the Sentinels miss it, empty, and its replicas follow."""

from firedrill import Scenario, Source, absorbs, fires, holds, kube, locust, time_scale
from firedrill.faults import resources

from . import series

ENDED = '.status.containerStatuses[?(@.name=="redis")].lastState.terminated.reason'
KEPT = [
    holds("no acknowledged charge is missing", "max(charges_missing) == 0"),
    holds("the ledger was compared within 15 s", f"{series.AGE} < 15"),
    holds("nobody asks for an acknowledged charge in vain", f"{series.LOST} == 0"),
    holds("charges that are asked for are found", f"{series.FOUND} > 0.1"),
]

SCENARIO = Scenario(
    title="A Redis primary comes back empty, and its replicas follow",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=781, last=919),
        Source(document="002_f53e036eb627427e.txt", first=932, last=932),
    ],
    namespaces=["invoicing"],
    time_scale=time_scale(
        20,
        {"5m": "5s", "10m": "10s", "30m": "60s", "30s": "1s"},
        kept={"2": "a replica says every second that it is there"},
    ),
    traffic=locust(rps=20, target="charges.invoicing:8080", locustfile="../../fixtures/charges/traffic.py"),
    healthy=[
        *KEPT,
        holds("there is one primary", f"{series.PRIMARIES} == 1"),
        holds("Redis uses less than 60 % of its memory", f"{series.MEMORY} < 0.6"),
        holds("two replicas are connected", f"{series.REPLICAS} == 2"),
        holds("no replica lags", f"{series.LAG} <= 2"),
        holds("charges are taken", f"{series.ACKNOWLEDGED} > 5"),
        holds("no charge is turned away", f"{series.TURNED_AWAY} == 0"),
    ],
    baseline_hold="20s",
    fault=[resources.exhaust_memory("invoicing", "statefulset.kubernetes.io/pod-name=redis-0", container="redis")],
    onset="30s",
    bites=[
        holds("acknowledged charges are missing", "max(charges_missing) > 100"),
        holds("clients ask for acknowledged charges in vain", f"{series.LOST} > 10"),
    ],
    proof=[
        kube("the kernel killed the primary", "pod/redis-0", ENDED, equals="OOMKilled", namespace="invoicing"),
        holds("the replicas threw away more than half of what they held", f"{series.THROWN_AWAY} > 0.5"),
    ],
    detects=[
        fires("AcknowledgedChargesMissing", to="payments-oncall"),
        fires("RedisKeyspaceDropped", to="database-oncall"),
    ],
    silent=["RedisFailover", "NodeMemoryPressure", "SentinelsWithoutMajority", "LedgerDown"],
    mitigated=[KEPT[0]],
    recovers=[*KEPT, holds("Redis uses less than 70 % of its memory", f"{series.MEMORY} < 0.7")],
    prevention=absorbs(lasts="30s", trace=(f"{series.KILLED} == 1",)),
)
