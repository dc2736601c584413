"""Prometheus is OOM-killed while it is needed most, and replaying its log kills it again."""

from firedrill import Scenario, Source, absorbs, answers, fires, holds, kube, locust, time_scale
from firedrill.faults import config, monitoring, toxics

HERE = {"namespace": "observability"}
CONTAINER = 'namespace="observability", container="prometheus"'
LIMIT = f'max(kube_pod_container_resource_limits{{{CONTAINER}, resource="memory"}})'
MEMORY = f'max(process_resident_memory_bytes{{job="prometheus"}}) / {LIMIT}'
LATENCY = 'rate(prometheus_http_request_duration_seconds_bucket{handler=~"/api/v1/query(_range)?"}[10s])'
LOOP = f'(max(kube_pod_container_status_waiting_reason{{{CONTAINER}, reason="CrashLoopBackOff"}}) or vector(0))'
READY = '(max(max_over_time(prometheus_ready{job="prometheus"}[25s])) or vector(0))'
KILLED_AGAIN = f"max(kube_pod_container_status_restarts_total{{{CONTAINER}}}) * (1 - {READY})"
INTAKE = 'max(rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[10s]))'
GATEWAY = 'rate(http_requests_total{job="api-gateway", code=~"2.."}[10s])'
ERRORS = f'1 - sum({GATEWAY}) / sum(rate(http_requests_total{{job="api-gateway"}}[10s]))'
ENDED = ".status.containerStatuses[0].lastState.terminated.reason"
FIRING = 'sum(ALERTS{alertname="ApiGatewayErrorRateHigh", alertstate="firing"})'
REFUSED = 'max(increase(prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}[10s]))'
ASKED = 'sum(rate(prometheus_http_requests_total{job="prometheus", handler="/api/v1/query_range"}[10s]))'
SLOW = 'predict_linear(sum(rate({__name__=~"http.+count", job=~"orders.*"}[10s]))[1m:1ms], 3600)'
WELL = [
    answers("Prometheus is ready", "prometheus", "/-/ready", port=9090, namespace="observability"),
    holds("its log is not corrupt", 'max(prometheus_tsdb_wal_corruptions_total{job="prometheus"}) == 0'),
    holds("it takes in less than 5000 samples a second", f"{INTAKE} < 5000"),
    holds("99 % of the gateway's requests succeed", f"{ERRORS} < 0.01"),
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
        answers("it answers", "prometheus", "/api/v1/query?query=up", port=9090, namespace="observability"),
        holds("Prometheus uses less than 60 % of its memory", f"{MEMORY} < 0.6"),
        holds("queries take less than half a second (p95)", f"histogram_quantile(0.95, sum by (le) ({LATENCY})) < 0.5"),
    ],
    fault=[
        config.roll_out("gateway", "accounts", SERIES="14500"),
        toxics.reset("orders", namespace="gateway", toxicity=0.3),
        monitoring.heavy_queries(clients=1, lasts="90s", query=SLOW, window="100s", step="10ms", **HERE),
        monitoring.heavy_queries(clients=4, after="55s", lasts="45s", window="60s", name="explore", **HERE),
    ],
    onset="150s",
    bites=[
        holds("it is killed again before it is ready", f"{KILLED_AGAIN} >= 2"),
        holds("the gateway fails", f"{ERRORS} > 0.2"),
    ],
    proof=[
        kube("the kernel killed it", "pod/prometheus-0", ENDED, equals="OOMKilled", **HERE),
        holds("Kubernetes lets it wait", f"{LOOP} == 1"),
    ],
    detects=[
        fires("PrometheusDown", to="observability-oncall"),
        fires("PrometheusHighMemoryUsage", to="observability-oncall"),
        fires("PrometheusOOMKilled", begins=("kube_pod_container_status_last_terminated_reason",)),
        fires("PrometheusSlowQueries", to="observability-oncall"),
        fires("ApiGatewayErrorRateHigh", to="gateway-oncall"),
    ],
    silent=["PrometheusWALCorruption"],
    mitigated=[WELL[0], holds("the gateway's alert goes on", f"{FIRING} == 1")],
    recovers=[*WELL, holds("Prometheus uses less than 80 % of its memory", f"{MEMORY} < 0.8")],
    prevention=absorbs(lasts="100s", trace=(f"{REFUSED} > 5", f"{ASKED} > 1")),
)
