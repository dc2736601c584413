"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

_HERE = 'namespace="invoicing", container="redis"'
_LIMITS = f'max by (pod) (kube_pod_container_resource_limits{{{_HERE}, resource="memory"}})'
MEMORY = f"max(max by (pod) (redis_memory_used_bytes) / on (pod) {_LIMITS})"
# Of the last 5 s: a scrape that came late leaves no hole.
PRIMARIES = '(count(count by (pod) (count_over_time(redis_instance_info{role="master"}[5s]))) or vector(0))'
REPLICAS = "max(max_over_time(redis_connected_slaves[5s]))"
LAG = "max(max_over_time(redis_connected_slave_lag_seconds[5s]))"
_COPIES = 'redis_db_keys{db="db0", pod=~"redis-[12]"}'
THROWN_AWAY = f"1 - max({_COPIES}) / max(max_over_time({_COPIES}[60s]))"
LOST = '(sum(increase(charges_reads_total{result="lost"}[10s])) or vector(0))'
FOUND = '(sum(rate(charges_reads_total{result="found"}[10s])) or vector(0))'
TURNED_AWAY = '(sum(increase(charges_payments_total{result!="acknowledged"}[10s])) or vector(0))'
ACKNOWLEDGED = '(sum(rate(charges_payments_total{result="acknowledged"}[10s])) or vector(0))'
AGE = "time() - max(charges_audited_timestamp_seconds)"
KILLED = f'(max(kube_pod_container_status_last_terminated_reason{{{_HERE}, reason="OOMKilled"}}) or vector(0))'
