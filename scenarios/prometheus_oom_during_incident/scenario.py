"""Prometheus is OOM-killed while it is needed most, and replaying its log kills it again."""

from firedrill import Scenario, Source, absorbs, answers, fires, holds, kube, locust, time_scale
from firedrill.faults import config, monitoring, toxics

from . import series

HERE = {"namespace": "observability"}
WELL = [
    answers("Prometheus is ready", "prometheus", "/-/ready", port=9090, namespace="observability"),
    holds("it takes in less than 5000 samples a second", f"{series.INTAKE} < 5000"),
    holds("99 % of the gateway's requests succeed", f"{series.ERRORS} < 0.01"),
]

SCENARIO = Scenario(
    title="Prometheus is OOM-killed while it is needed most",
    sources=[
        Source(document="000_72b5b11479e3fb8e.txt", first=530, last=775),
        Source(document="001_bed9e0787ebe3254.txt", first=858, last=925),
        Source(document="004_054def7b8f0fef26.txt", first=1141, last=1151),
    ],
    namespaces=["gateway", "observability"],
    own_monitoring="observability",
    alerts_by="watchtower",
    time_scale=time_scale(30, {"10m": "10s"}, constants={"30": "2"}),
    traffic=locust(rps=20, target="api-gateway.gateway:8080"),
    healthy=[
        *WELL,
        holds("its log is not corrupt", f"{series.CORRUPTIONS} == 0"),
        answers("it answers", "prometheus", "/api/v1/query?query=up", port=9090, namespace="observability"),
        holds("Prometheus uses less than 60 % of its memory", f"{series.MEMORY} < 0.6"),
        holds("queries take less than half a second (p95)", f"{series.P95} < 0.5"),
    ],
    fault=[
        toxics.reset("orders", namespace="gateway", toxicity=0.3),
        monitoring.heavy_queries(clients=2, lasts="15s", query=series.SLOW, window="10s", step="1ms", **HERE),
        config.roll_out("gateway", "accounts", SERIES="19000", GROWS_S="40"),
        monitoring.heavy_queries(clients=4, after="110s", lasts="15s", window="60s", name="explore", **HERE),
    ],
    onset="180s",
    bites=[
        holds("it is killed again before it is ready", f"{series.KILLED_AGAIN} >= 2"),
        holds("the gateway fails", f"{series.ERRORS} > 0.2"),
    ],
    proof=[
        kube("the kernel killed it", "pod/prometheus-0", series.ENDED, equals="OOMKilled", **HERE),
        holds("Kubernetes lets it wait", f"{series.LOOP} == 1"),
    ],
    detects=[
        fires("ApiGatewayErrorRateHigh", to="gateway-oncall"),
        fires("PrometheusDown", to="observability-oncall"),
        fires("PrometheusHighMemoryUsage", to="observability-oncall"),
        fires("PrometheusOOMKilled", begins=("kube_pod_container_status_last_terminated_reason",)),
        fires("PrometheusSlowQueries", to="observability-oncall"),
    ],
    silent=["ApiGatewayDown"],
    mitigated=[WELL[0], holds("the gateway's alert goes on", f"{series.FIRING} == 1")],
    recovers=[
        *WELL,
        # The kernel may kill it in the middle of a record, which the next start cuts off and counts.
        holds("its log lacks one record at most", f"{series.CORRUPTIONS} <= 1"),
        holds("Prometheus uses less than 80 % of its memory", f"{series.MEMORY} < 0.8"),
    ],
    prevention=absorbs(lasts="130s", trace=(f"{series.REFUSED} > 5", f"{series.ASKED} > 1")),
)
