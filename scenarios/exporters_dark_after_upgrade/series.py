"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

# A target whose pod is gone is neither up nor down.
UP = '(count(up{job="node-exporter"} == 1) or vector(0))'
TARGETS = '(count(up{job="node-exporter"}) or vector(0))'
# Fresher than 10 s, node by node: one scrape that came late leaves no hole, nor does a pod that is replaced by one that
# discovery finds a moment later; and it is no second node.
ANSWERED = '(count(count by (node) (max_over_time(up{job="node-exporter"}[10s]) == 1)) or vector(0))'
MEMORY = "(count(count by (node) (count_over_time(node_memory_MemAvailable_bytes[10s]))) or vector(0))"
PROCESSORS = "(count(count by (node) (count_over_time(node_cpu_seconds_total[10s]))) or vector(0))"
DISKS = "(count(count by (node) (count_over_time(node_filesystem_avail_bytes[10s]))) or vector(0))"
FIGURES = "(count(node_memory_MemAvailable_bytes) or vector(0))"
# The scrape's own namespace is on what the victim says; the lab's kube-state-metrics tells of nodes without one.
NODES = '(count(count by (exported_node) (count_over_time(kube_node_info{namespace="telemetry"}[10s]))) or vector(0))'
_POD = 'kube_pod_info{namespace="telemetry", exported_namespace="telemetry"}'
PODS = f"(count(count by (exported_pod) (count_over_time({_POD}[10s]))) or vector(0))"
LAB = 'namespace="telemetry", exported_namespace=""'
RESTARTS = f"(sum(increase(kube_pod_init_container_status_restarts_total{{{LAB}}}[10s])) or vector(0))"
SCHEDULED = f'max(kube_daemonset_status_current_number_scheduled{{{LAB}, daemonset="node-exporter"}})'
RELEASES = f'max(kube_daemonset_status_observed_generation{{{LAB}, daemonset="node-exporter"}})'
REFUSED = '(sum(rate(kube_state_metrics_list_total{result="error"}[10s])) or vector(0))'
SERVED = 'sum(rate(http_requests_total{job="storefront", code="200"}[5s]))'
_ANSWERS = "(sum(increase(traffic_responses_total[10s])) or vector(0))"
_GOOD = '(sum(increase(traffic_responses_total{code="200"}[10s])) or vector(0))'
ERRORS = f"{_ANSWERS} - {_GOOD}"
