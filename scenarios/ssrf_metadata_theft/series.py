"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

GOOD = '(sum(rate(traffic_responses_total{code="200"}[5s])) or vector(0))'
SERVED = f"{GOOD} / sum(rate(traffic_responses_total[5s]))"
P95 = "histogram_quantile(0.95, sum by (le) (rate(client_latency_seconds_bucket[10s])))"
STATEMENTS = 'sum(rate(reader_reads_total{code="200"}[5s]))'

# The metadata service's own access log, and the object store's, as they count it.
GIVEN_TO_PODS = 'sum(increase(imds_requests_total{client="pod"}[5s]))'
READ_ELSEWHERE = 'sum(increase(objectstore_requests_total{source="elsewhere", code="200"}[5s]))'
LEAVING = 'sum(rate(objectstore_bytes_sent_total{role="node-role"}[5s]))'
RECEIVED = "(sum(elsewhere_received_bytes_total) or vector(0))"

# The request of the theft, as the application saw it.
DROPPED = 'sum(increase(preview_fetches_total{network="link-local", result="timeout"}[10s]))'
REFUSED = 'sum(increase(preview_fetches_total{network="link-local", result="refused"}[10s]))'
