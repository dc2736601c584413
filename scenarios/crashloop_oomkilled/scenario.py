"""A release puts the memory limit under the working set, and the kernel kills every replica, again and again."""

from firedrill import Scenario, Source, absorbs, fires, holds, locust, time_scale

from . import fault, series

WELL = [
    holds("no client gets an error", f"{series.ERRORS} == 0"),
    holds("three replicas are ready", f"{series.READY} >= 3"),
    holds("no replica was started again", f"{series.RESTARTS} == 0"),
    holds("a replica uses less than 70 % of its memory", f"{series.MEMORY} < 0.7"),
]

SCENARIO = Scenario(
    title="A release puts the memory limit under the working set",
    sources=[
        Source(document="001_bed9e0787ebe3254.txt", first=41, last=75),
        Source(document="001_bed9e0787ebe3254.txt", first=784, last=785),
        Source(document="003_8ae171b1dc99852e.txt", first=320, last=345),
        Source(document="003_8ae171b1dc99852e.txt", first=437, last=451),
        Source(document="003_8ae171b1dc99852e.txt", first=664, last=680),
        Source(document="003_8ae171b1dc99852e.txt", first=814, last=816),
        Source(document="002_f53e036eb627427e.txt", first=855, last=862),
    ],
    namespaces=["fingerprints"],
    # Restarts keep Kubernetes' own clock: 10, 20 and 30 s between them, as short as the lab's kubelet makes them.
    time_scale=time_scale(60, {"10m": "2m", "1m": "30s"}, constants={"3": "2"}),
    traffic=locust(rps=30, target="fingerprint-api.fingerprints:8080", locustfile="traffic.py"),
    healthy=[
        *WELL,
        holds("clients are served", f"{series.SERVED} > 20"),
        holds("p95 is under 100 ms", f"{series.P95} < 0.1"),
    ],
    fault=[fault.SMALLER_LIMIT],
    onset="180s",
    bites=[
        holds("a replica is started for the fourth time", f"{series.RESTARTS} >= 3"),
        holds("half of the clients get no answer", f"{series.FAILING} > 0.5"),
    ],
    proof=[
        holds("the alert fires before anybody is killed", f"{series.WARNED} >= 1"),
        holds("the kernel killed all three, for their memory", f"{series.KILLED} == 3"),
        holds("Kubernetes lets them wait", f"{series.WAITING} == 1"),
    ],
    detects=[
        fires("PodOOMKilled", to="fingerprint-oncall", begins=("kube_pod_container_status_last_terminated_reason",)),
        fires("HighMemoryUsage", to="fingerprint-oncall"),
        fires("PodCrashLoop", to="fingerprint-oncall"),
    ],
    silent=["NodeMemoryPressure", "PodEvicted"],
    mitigated=[holds("three ready replicas may have more than the model needs", f"{series.ROOMY} >= 3")],
    recovers=WELL,
    recurs="60s",
    prevention=absorbs(lasts="60s", trace=(f"{series.REFUSED} == 1", f"{series.UPDATED} == 0")),
)
