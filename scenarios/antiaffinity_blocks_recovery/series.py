"""What the conditions ask Prometheus for. Each is one series even where nothing is left to count."""

MADE = 'sum(rate(payouts_total{result="made"}[5s]))'
# 5 s are 100 payouts.
REFUSED = 'sum(increase(payouts_total{result="refused"}[5s]))'
# Of the last 3 s: a scrape that came late takes no vote away.
VOTES = "(count(max by (pod) (max_over_time(redis_up[3s])) == 1) or vector(0))"
WAITING = "(sum(kube_pod_status_unschedulable) or vector(0))"
LOST = 'max(kube_node_status_condition{condition="Ready", status="unknown"})'
COMPLETE = 'max(max_over_time(kube_statefulset_status_replicas_ready{statefulset="redis"}[20s]))'
ON_ONE_NODE = 'max(count by (node) (kube_pod_info{pod=~"redis-[0-2]", node!=""}))'
