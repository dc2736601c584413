"""A web application fetches the node's credentials for somebody outside, who reads a store with them."""

from firedrill import Scenario, Source, absorbs, fires, holds, locust, machine, time_scale

from . import fault, series

WELL = [
    holds("99 % of previews are served", f"{series.SERVED} > 0.99"),
    holds("the batch job reads its statements", f"{series.STATEMENTS} > 1"),
    holds("the metadata service gave nothing to a pod", f"{series.GIVEN_TO_PODS} == 0"),
    holds("nobody reads with the role of the nodes", f"{series.LEAVING} == 0"),
]

SCENARIO = Scenario(
    title="A web application fetches the credentials of its node for somebody outside",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=642, last=778),
        Source(document="002_f53e036eb627427e.txt", first=931, last=931),
        Source(document="002_f53e036eb627427e.txt", first=948, last=948),
        Source(document="002_f53e036eb627427e.txt", first=950, last=950),
    ],
    namespaces=["production", "partner"],
    # Restarts within [60s]: Kubernetes' back-off is not scaled, three do not fit.
    time_scale=time_scale(30, {"10m": "60s"}, constants={"3": "2"}),
    traffic=locust(rps=20, target="web-app.production:8080", locustfile="traffic.py"),
    machines=[
        machine(
            "metadata",
            "firedrill/cloud",
            "cloud.metadata",
            address="169.254.169.254",
            metrics_port=9100,
            key="signed-in-the-lab-only",
            role="node-role",
            lifetime_s="900",
            pods="10.244.0.0/16",
        )
    ],
    healthy=[*WELL, holds("p95 is under 200 ms", f"{series.P95} < 0.2")],
    fault=[fault.SOMEBODY],
    onset="45s",
    bites=[holds("100 kB leave each second", f"{series.LEAVING} > 100000")],
    proof=[
        holds("the metadata service gave credentials to a pod", f"{series.GIVEN_TO_PODS} > 0"),
        holds("they are used from another address", f"{series.READ_ELSEWHERE} > 0"),
        holds("2 MB have arrived outside", f"{series.RECEIVED} > 2000000"),
    ],
    detects=[
        fires("CredentialUsedElsewhere", to="security-oncall"),
        fires("MetadataServiceContacted", to="security-oncall"),
        fires("DataExfiltration", to="security-oncall"),
    ],
    silent=["HighErrorRate", "HighLatency", "PodCrashLoop"],
    mitigated=[
        holds("the metadata service gave nothing to a pod", f"{series.GIVEN_TO_PODS} == 0"),
        holds("nothing leaves any more", f"{series.LEAVING} == 0"),
        holds("the batch job reads its statements", f"{series.STATEMENTS} > 1"),
    ],
    recovers=WELL,
    prevention=absorbs(lasts="40s", trace=(f"{series.DROPPED} > 0",)),
    second_prevention=absorbs(lasts="40s", trace=(f"{series.REFUSED} > 0",)),
)
