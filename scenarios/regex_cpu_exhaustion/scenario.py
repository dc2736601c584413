"""A rule of a web firewall backtracks: its regular expression burns every replica's CPU, and nobody is answered."""

from firedrill import Scenario, Source, contains, fires, holds, locust, refused_by, stopped_by, time_scale

from . import canary, fault, series

SERVED = [
    holds("no client gets an error", f"{series.ERRORS} == 0"),
    holds("attack samples are blocked", f"{series.BLOCKED} > 0.5"),
    holds("p95 is under 200 ms", f"{series.P95} < 0.2"),
]

SCENARIO = Scenario(
    title="A firewall rule backtracks and burns the edge's CPU",
    sources=[
        Source(document="002_f53e036eb627427e.txt", first=371, last=519),
        Source(document="002_f53e036eb627427e.txt", first=929, last=929),
        Source(document="002_f53e036eb627427e.txt", first=934, last=934),
        Source(document="002_f53e036eb627427e.txt", first=947, last=947),
    ],
    namespaces=["edge"],
    # cAdvisor's samples are up to 8 s apart. Within 20 s Kubernetes starts a container again twice at the most.
    time_scale=time_scale(60, {"2m": "20s", "1m": "10s"}, constants={"3": "1"}),
    traffic=locust(rps=20, target="ingress-service.edge:8080", locustfile="traffic.py"),
    healthy=SERVED,
    fault=[fault.RELEASE],
    onset="90s",
    bites=[
        holds("most requests fail", f"{series.FAILING} > 0.6"),
        holds("all three replicas are at their CPU limit", f"{series.BURNING} >= 3"),
    ],
    proof=[
        holds("all three workers spend their time in matches of the new rule", f"{series.IN_THE_RULE} > 2.5"),
        holds("the origin is idle: less than half of what is offered arrives", f"{series.AT_THE_ORIGIN} < 10"),
    ],
    detects=[
        fires("HighCPUUsage", to="edge-oncall"),
        fires("HighErrorRate", to="edge-oncall"),
        fires("HighLatency", to="edge-oncall"),
        fires("OriginUnprotectedOrDown", to="security-oncall"),
    ],
    silent=["WafRuleSuspended", "HighMemoryUsage", "PodCrashLoop", "OriginErrors", "KubeNodeNotReady"],
    mitigated=[holds("fewer than 5 requests in 100 fail", f"{series.FAILING_STILL} < 0.05")],
    recovers=[*SERVED, holds("no replica uses half of its CPU", f"{series.CPU} < 0.5")],
    prevention=refused_by("check-regex", "DANGEROUS", f"{fault.NAME}: {fault.RULE}", "attack:"),
    second_prevention=stopped_by(
        *("canary-gate", "the success rate", "is below 0.99", "failed checks: 3; the weight is back at 0"),
        arguments=canary.ARGUMENTS,
        keeps=(
            f"{series.FAILING_OF_A_MINUTE} <= 0.1",
            f"{series.CANARY_PODS} <= 1",
            f"{series.IN_THE_RULE_ELSEWHERE} == 0",
        ),
        trace=(f"{series.IN_THE_RULE} > 0.8", f"{series.FAILING} > 0.02"),
        silent=("OriginUnprotectedOrDown",),
    ),
    third_prevention=contains(
        lasts="60s",
        keeps=(f"{series.FAILING} < 0.5", f"{series.CPU} < 0.8"),
        pages=("WafRuleSuspended",),
        trace=(f"{series.SUSPENDED} == 1",),
    ),
)
