"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

from .fault import NAME

# 403 is what an attack is to be answered.
_GOOD = 'traffic_responses_total{code=~"200|403"}'
ERRORS = '(sum(increase(traffic_responses_total{code!~"200|403"}[10s])) or vector(0))'
# Of the last 10 s, and of the last 5 s: what is not answered at all counts as an answer `none`.
FAILING = f"1 - (sum(rate({_GOOD}[10s])) or vector(0)) / sum(rate(traffic_responses_total[10s]))"
FAILING_STILL = FAILING.replace("[10s]", "[5s]")
# Of the one attack that is offered each second.
BLOCKED = '(sum(rate(http_requests_total{job="ingress", code="403"}[10s])) or vector(0))'
_BUCKETS = 'sum by (le) (rate(http_request_duration_seconds_bucket{job="ingress"}[10s]))'
P95 = f"histogram_quantile(0.95, {_BUCKETS})"
AT_THE_ORIGIN = 'sum(rate(http_requests_total{job="origin"}[5s]))'

_HERE = 'namespace="edge", container="waf"'
# cAdvisor takes 4 to 8 s from one sample to the next, so fewer than 20 s may hold only one.
_USED = f"max by (pod) (rate(container_cpu_usage_seconds_total{{{_HERE}}}[20s]))"
_LIMITS = f'max by (pod) (kube_pod_container_resource_limits{{{_HERE}, resource="cpu"}})'
_CPU = f"{_USED} / on (pod) {_LIMITS}"
CPU = f"max({_CPU})"
BURNING = f"(count({_CPU} > 0.8) or vector(0))"
# Seconds of matches in each second: three workers have three.
IN_THE_RULE = f'(sum(rate(waf_rule_seconds_total{{rule="{NAME}"}}[10s])) or vector(0))'
SUSPENDED = "min(waf_rules_suspended)"
# Of a minute: whom one replica of ten gets is even by then.
FAILING_OF_A_MINUTE = FAILING.replace("[10s]", "[1m]")
CANARY_PODS = 'sum(kube_deployment_spec_replicas{namespace="edge", deployment="waf-canary"})'
_ELSEWHERE = f'waf_rule_seconds_total{{rule="{NAME}", pod!~"waf-canary-.*"}}'
IN_THE_RULE_ELSEWHERE = f"(sum(rate({_ELSEWHERE}[10s])) or vector(0))"
