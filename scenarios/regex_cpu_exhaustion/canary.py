"""How a new rule is walked up: to one replica of ten, two, up to half of them, while the canary's proxies say well."""

from __future__ import annotations

# What the proxies in front of the canary's workers counted, of visitors and of the rehearsal; 403 is a good answer.
_ANSWERS = 'http_requests_total{job="waf", pod=~"waf-canary-.*"}'
_GOOD = _ANSWERS.replace("}", ', code=~"200|403"}')
_BUCKETS = _ANSWERS.replace("http_requests_total", "http_request_duration_seconds_bucket")

ARGUMENTS = (
    *("--namespace", "edge", "--stable", "waf", "--canary", "waf-canary", "--prometheus", "{prometheus}"),
    *("--step", "10", "--to", "50", "--interval", "5s", "--failures", "3", "--set-within", "60s"),
    *("--requests-query", f"sum(increase({_ANSWERS}[5s]))", "--min-requests", "20"),
    *("--success-query", f"sum(rate({_GOOD}[5s])) / sum(rate({_ANSWERS}[5s]))", "--min-success", "0.99"),
    *("--latency-query", f"histogram_quantile(0.95, sum by (le) (rate({_BUCKETS}[5s])))", "--max-p95", "500ms"),
)
