"""The Redis primary is OOM-killed while its replicas stand still, and one of them is promoted all the same."""

from firedrill import Scenario, Source, absorbs, fires, holds, kube, locust, time_scale
from firedrill.faults import load, network

from . import series

HERE = {"namespace": "charges"}
POD = "statefulset.kubernetes.io/pod-name"
PRIMARY = network.pods("charges", f"{POD}=redis-0")
REPLICAS = network.pods("charges", f"{POD} in (redis-1,redis-2)")
ENDED = '.status.containerStatuses[?(@.name=="redis")].lastState.terminated.reason'
KEPT = [
    holds("no acknowledged charge is missing", "max(charges_missing) == 0"),
    holds("the ledger was compared within 15 s", f"{series.AGE} < 15"),
    holds("nobody asks for an acknowledged charge in vain", f"{series.LOST} == 0"),
    holds("charges that are asked for are found", f"{series.FOUND} > 0.1"),
    holds("there is one primary", f"{series.PRIMARIES} == 1"),
]

SCENARIO = Scenario(
    title="The Redis primary is OOM-killed, and a replica that stood still takes over",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=781, last=919),
        Source(document="002_f53e036eb627427e.txt", first=932, last=932),
    ],
    namespaces=["charges"],
    time_scale=time_scale(20, {"5m": "5s", "10m": "10s"}, kept={"2": "a replica says every second that it is there"}),
    traffic=locust(rps=20, target="charges.charges:8080", locustfile="../../fixtures/charges/traffic.py"),
    healthy=[
        *KEPT,
        holds("Redis uses less than 60 % of its memory", f"{series.MEMORY} < 0.6"),
        holds("two replicas are connected", f"{series.REPLICAS} == 2"),
        holds("no replica lags", f"{series.LAG} <= 2"),
        holds("charges are taken", f"{series.ACKNOWLEDGED} > 5"),
        holds("no charge is turned away", f"{series.TURNED_AWAY} == 0"),
    ],
    fault=[network.partition(PRIMARY, REPLICAS, limit="10m"), load.burst(130, over="15s", lasts="12s")],
    onset="60s",
    bites=[
        holds("acknowledged charges are missing", "max(charges_missing) > 50"),
        holds("clients ask for acknowledged charges in vain", f"{series.LOST} > 10"),
    ],
    proof=[
        holds("the replicas stood still, and were connected", f"{series.STALLED} > 8"),
        kube("the kernel killed the primary", "pod/redis-0", ENDED, equals="OOMKilled", **HERE),
        holds("the Sentinels switched", "max(redis_sentinel_failovers_total) >= 1"),
        holds("a replica was promoted", f"{series.PROMOTED} == 1"),
    ],
    detects=[
        fires("AcknowledgedChargesMissing", to="payments-oncall"),
        fires("PodOOMKilled", begins=("kube_pod_container_status_last_terminated_reason",)),
        fires("RedisFailover", to="database-oncall"),
    ],
    silent=["NodeMemoryPressure", "SentinelsWithoutMajority", "LedgerDown"],
    mitigated=[KEPT[0]],
    recovers=[*KEPT, holds("Redis uses less than 70 % of its memory", f"{series.MEMORY} < 0.7")],
    prevention=absorbs(lasts="45s", trace=(f"{series.STALLED} > 8", f"{series.REFUSED} > 20")),
)
