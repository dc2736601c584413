"""A worker is lost, and the Redis that was on it may be on none of those that are left."""

from firedrill import Scenario, Source, absorbs, fires, holds, time_scale
from firedrill.faults import nodes, pods

from . import series

POD = "statefulset.kubernetes.io/pod-name"
FIRST, SECOND = f"{POD}=redis-0", f"{POD}=redis-1"
ITS_NODE = nodes.running(FIRST, namespace="payouts")
NEXT_NODE = nodes.running(SECOND, namespace="payouts")
LONG = "8m"
SERVED = [
    holds("fewer than 5 payouts in 100 are refused", f"{series.REFUSED} < 5"),
    holds("payouts are made", f"{series.MADE} > 10"),
    holds("no Redis waits for a node", f"{series.WAITING} == 0"),
    holds("Redis was complete within the last 20 s", f"{series.COMPLETE} == 3"),
]

SCENARIO = Scenario(
    title="A node is lost, and required anti-affinity keeps its Redis from all others",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=799, last=853),
        Source(document="002_f53e036eb627427e.txt", first=912, last=916),
        Source(document="002_f53e036eb627427e.txt", first=932, last=932),
    ],
    namespaces=["payouts"],
    time_scale=time_scale(
        60,
        {"1m": "3s", "10m": "60s"},
        constants={"3": "2"},  # restarts within [60s]: Kubernetes' back-off is not scaled, three do not fit
    ),
    healthy=[
        *SERVED,
        holds("all three Redis grant locks", f"{series.VOTES} == 3"),
    ],
    # The upgrade of the nodes: it drains one, which is lost, and 18 s later goes on with the next.
    fault=[
        nodes.cordon(ITS_NODE, limit=LONG),
        nodes.cordon(NEXT_NODE, limit=LONG),
        nodes.freeze(ITS_NODE, limit=LONG),
        pods.kill("payouts", FIRST),
        pods.kill("payouts", SECOND, after="18s"),
    ],
    onset="45s",
    bites=[holds("most payouts are refused", f"{series.REFUSED} > 50")],
    proof=[
        holds("a node is lost", f"{series.LOST} == 1"),
        holds("two Redis wait for a node", f"{series.WAITING} == 2"),
        holds("fewer than two grant locks", f"{series.VOTES} < 2"),
    ],
    detects=[
        fires("RedisQuorumLost", to="database-oncall"),
        fires("PodUnschedulable", to="platform-oncall", begins=("kube_pod_status_unschedulable",)),
        fires("StatefulSetReplicasMismatch", to="database-oncall"),
    ],
    silent=["PodCrashLoop", "NodeMemoryPressure", "PayoutsDown"],
    mitigated=[holds("payouts are made", f"{series.MADE} > 10")],
    recovers=SERVED,
    prevention=absorbs(lasts="40s", trace=(f"{series.LOST} == 1", f"{series.ON_ONE_NODE} >= 2")),
)
