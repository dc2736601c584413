"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

_BUCKETS = 'sum by (le) (rate(http_request_duration_seconds_bucket{job="storefront"}[5s]))'
P95 = f"histogram_quantile(0.95, {_BUCKETS})"

OFFERED = "sum(rate(traffic_requests_offered_total[5s]))"
_IN_THE_END = "sum(increase(traffic_responses_total[5s]))"
_PAGES = '(sum(increase(traffic_responses_total{code="200"}[5s])) or vector(0))'
SERVED = f"{_PAGES} / {_IN_THE_END}"
_ASKED = "sum(rate(pages_asked_total[5s]))"
_FIRST = 'sum(rate(pages_asked_total{attempt="1"}[5s]))'
TRIES = f"{_ASKED} / {_FIRST}"
SHED = '(sum(increase(pages_refused_total{code="429"}[5s])) or vector(0))'

_RELEASE = 'namespace="webshop", deployment="storefront"'
READY = f"max(kube_deployment_status_replicas_available{{{_RELEASE}}})"
# Of the Deployment: the autoscaler itself says 0 until it has measured a replica twice.
SPECIFIED = f"max(kube_deployment_spec_replicas{{{_RELEASE}}})"
_SCALER = 'namespace="webshop", horizontalpodautoscaler="storefront"'
WANTED = f"max(kube_horizontalpodautoscaler_status_desired_replicas{{{_SCALER}}})"
# Replicas beyond those that are always there.
ADDED = f"{WANTED} - max(kube_horizontalpodautoscaler_spec_min_replicas{{{_SCALER}}})"
# Pages a second: one replica renders 5 to 6.
FLOOR = f"5 * max(kube_horizontalpodautoscaler_spec_min_replicas{{{_SCALER}}})"
# How late pages are although a replica that the autoscaler added serves; 0 before one does.
LATE_NONETHELESS = f"{P95} * clamp({READY} - 2, 0, 1)"
