"""A node-level fault for the kill matrix: a worker is cordoned and tainted, outside the run's own namespaces."""

from cluster.lab import Lab
from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds, kube
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale
from firedrill.faults import objects

NODE = f"node/{Lab.of_checkout().name}-worker2"
CORDONED = "max(kube_node_spec_unschedulable)"
SCHEDULABLE = holds("every node takes pods", f"{CORDONED} == 0")

SCENARIO = Scenario(
    title="Somebody cordoned a node and forgot it",
    sources=[Source(document="none.txt", first=1, last=1)],
    namespaces=["kill-node"],
    time_scale=time_scale(60, kept={"3": "a restart is a restart at any speed"}),
    healthy=[SCHEDULABLE],
    baseline_hold="1s",
    fault=[
        objects.patch(NODE, {"spec": {"taints": [{"key": "kill-matrix", "effect": "NoSchedule"}]}}),
        objects.patch(NODE, {"spec": {"unschedulable": True}}),
    ],
    onset="10s",
    bites=[holds("a node takes none", f"{CORDONED} == 1")],
    proof=[holds("by hand, with a taint", "count(kube_node_spec_taint) == 3")],  # the control plane has one
    detects=[fires("NodeCordoned", to="node-oncall")],
    silent=["RedisCrashLoop"],
    recovers=[SCHEDULABLE],
    recovery_hold="1s",
    invariants=[kube("one Service", "service/redis", ".spec.ports[0].port", equals="6379", namespace="kill-node")],
    prevention=absorbs(lasts="2s"),
)
