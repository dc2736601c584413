"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

_HERE = 'namespace="fingerprints", container="fingerprint-api"'
_ANSWERS = "(sum(increase(traffic_responses_total[10s])) or vector(0))"
_GOOD = '(sum(increase(traffic_responses_total{code="200"}[10s])) or vector(0))'
ERRORS = f"{_ANSWERS} - {_GOOD}"
# Of the last 5 s: what is not answered at all counts as an answer `none`.
FAILING = (
    '1 - (sum(rate(traffic_responses_total{code="200"}[5s])) or vector(0)) / sum(rate(traffic_responses_total[5s]))'
)
SERVED = '(sum(rate(traffic_responses_total{code="200"}[5s])) or vector(0))'
_BUCKETS = 'sum by (le) (rate(http_request_duration_seconds_bucket{job="fingerprint-api"}[10s]))'
P95 = f"histogram_quantile(0.95, {_BUCKETS})"

_LIMITS = f'max by (pod) (kube_pod_container_resource_limits{{{_HERE}, resource="memory"}})'
# The highest of the last 15 s: cAdvisor takes 4 to 8 s from one sample to the next, and a scrape 2 s to find it.
_WORKING_SETS = f"max by (pod) (max_over_time(container_memory_working_set_bytes{{{_HERE}}}[15s]))"
MEMORY = f"max({_WORKING_SETS} / on (pod) {_LIMITS})"
_READY = 'kube_pod_status_ready{namespace="fingerprints", condition="true"} == 1'
READY = f"(count({_READY}) or vector(0))"
# Ready replicas whose limit is at least one and a half times the model.
ROOMY = f"(count({_LIMITS} >= 1.5 * scalar(max(model_bytes)) and on (pod) ({_READY})) or vector(0))"

RESTARTS = f"max(kube_pod_container_status_restarts_total{{{_HERE}}})"
_KILLED = f'kube_pod_container_status_last_terminated_reason{{{_HERE}, reason="OOMKilled"}}'
KILLED = f"(count({_KILLED} == 1) or vector(0))"
WAITING = f'(max(kube_pod_container_status_waiting_reason{{{_HERE}, reason="CrashLoopBackOff"}}) or vector(0))'
# The alert was firing 5 s ago, and to this moment, a scrape or two late, nobody knows of a kill.
_WARNING = '(count(ALERTS{alertname="HighMemoryUsage", alertstate="firing"} offset 5s) or vector(0))'
WARNED = f"{_WARNING} * (1 - clamp_max({KILLED} + {RESTARTS}, 1))"

_RELEASE = 'namespace="fingerprints", deployment="fingerprint-api"'
_STANDS = f'kube_deployment_status_condition{{{_RELEASE}, condition="ReplicaFailure", status="true"}}'
REFUSED = f"(max({_STANDS}) or vector(0))"
UPDATED = f"max(kube_deployment_status_replicas_updated{{{_RELEASE}}})"
