"""What the conditions ask the watchtower for, one series each, and what an engineer asks the victim for."""

CONTAINER = 'namespace="observability", container="prometheus"'
LIMIT = f'max(kube_pod_container_resource_limits{{{CONTAINER}, resource="memory"}})'
MEMORY = f'max(process_resident_memory_bytes{{job="prometheus"}}) / {LIMIT}'
_DURATIONS = 'rate(prometheus_http_request_duration_seconds_bucket{handler=~"/api/v1/query(_range)?"}[10s])'
P95 = f"histogram_quantile(0.95, sum by (le) ({_DURATIONS}))"
LOOP = f'(max(kube_pod_container_status_waiting_reason{{{CONTAINER}, reason="CrashLoopBackOff"}}) or vector(0))'
# Whether it was ready at any moment of the last 25 s; who does not answer a scrape was not.
READY = '(max(max_over_time(prometheus_ready{job="prometheus"}[25s])) or vector(0))'
KILLED_AGAIN = f"max(kube_pod_container_status_restarts_total{{{CONTAINER}}}) * (1 - {READY})"
CORRUPTIONS = 'max(prometheus_tsdb_wal_corruptions_total{job="prometheus"})'
INTAKE = 'max(rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[10s]))'
GATEWAY = 'rate(http_requests_total{job="api-gateway", code=~"2.."}[10s])'
ERRORS = f'1 - sum({GATEWAY}) / sum(rate(http_requests_total{{job="api-gateway"}}[10s]))'
ENDED = ".status.containerStatuses[0].lastState.terminated.reason"
FIRING = 'sum(ALERTS{alertname="ApiGatewayErrorRateHigh", alertstate="firing"})'
REFUSED = 'max(increase(prometheus_target_scrapes_exceeded_body_size_limit_total{job="prometheus"}[10s]))'
ASKED = 'sum(rate(prometheus_http_requests_total{job="prometheus", handler="/api/v1/query_range"}[10s]))'
# Slow without needing memory: 60 000 samples for each of 10 000 points, and none of them is kept.
SLOW = 'predict_linear(sum(rate(http_requests_total{job="orders"}[10s]))[1m:1ms], 3600)'
