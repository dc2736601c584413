"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

SIZE = "max(etcd_mvcc_db_total_size_in_bytes)"
QUOTA = "max(etcd_server_quota_backend_bytes)"
FULL = f"{SIZE} / {QUOTA}"
# Since it started: what the file cannot have held all at once.
WRITTEN = f"max(etcd_debugging_mvcc_total_put_size_in_bytes) / {QUOTA}"
FAILED = '(sum(rate(apiserver_request_total{verb=~"POST|PUT|PATCH", code=~"5.."}[5s])) or vector(0))'
# Four scrapes of the API server: one that came late makes no silence.
REPORTS = '(sum(rate(apiserver_request_total{resource="configmaps", verb="PATCH", code!="403"}[8s])) or vector(0))'
# 507: the API server handed on etcd's own words, `database space exceeded`.
NO_SPACE = '(sum(rate(traffic_responses_total{code="507"}[5s])) or vector(0))'
EVER_NO_SPACE = '(sum(traffic_responses_total{code="507"}) or vector(0))'
# Three of each a second are to be expected, at random: in 10 s hardly ever ten, in 5 s never none.
SET = '(sum(rate(traffic_responses_total{code="201"}[10s])) or vector(0))'
SET_NOW = '(sum(rate(traffic_responses_total{code="201"}[5s])) or vector(0))'
READ = '(sum(rate(traffic_responses_total{code="200"}[10s])) or vector(0))'
P95 = "histogram_quantile(0.95, sum by (le) (rate(client_latency_seconds_bucket[10s])))"
WARNED = '(max(ALERTS{alertname="EtcdDiskSpaceWarning", alertstate="firing"}) or vector(0))'
