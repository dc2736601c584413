from pathlib import Path

import pytest

SCENARIO = '''\
"""A queue that fills."""

from experiments.model.actions import Step
from experiments.model.alerts import absorbs, fires
from experiments.model.conditions import holds
from experiments.model.scenario import Scenario, Source
from experiments.model.timescale import time_scale

P95 = "histogram_quantile(0.95, sum by (le) (rate(wait_bucket[5s])))"

SCENARIO = Scenario(
    title="The queue fills",
    sources=[Source(document="a.txt", first=1, last=9)],
    namespaces=["ticketing"],
    time_scale=time_scale(60),
    healthy=[
        holds("up", "sum(up) == 1"),
        holds("quick", P95 + " < 1"),
    ],
    fault=[
        Step(title="stop", module="experiments.model.base", function="seconds", arguments={"text": "1s"}),
    ],
    bites=[holds("down", "sum(up) == 0")],
    proof=[holds("stopped", "max(stopped) == 1")],
    detects=[fires("QueueFull")],
    silent=["ApiDown"],
    recovers=[holds("up", "sum(up) == 1")],
    prevention=absorbs(trace=("max(stopped) == 1",)),
)
'''

RULES = """\
groups:
  - name: queue
    rules:
      - alert: QueueFull
        expr: queue_length > 10
        for: 1m
        labels: {severity: critical}
        annotations: {runbook_url: https://runbooks.example/queue}
      - alert: ApiDown
        expr: up == 0
        for: 1m
        labels: {severity: critical}
        annotations: {runbook_url: https://runbooks.example/api}
"""

RULES_TEST = """\
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: queue_length, values: "0x4 20x10"}
      - {series: up, values: "1x4 0x10"}
    alert_rule_test:
      - {eval_time: 2m, alertname: QueueFull, exp_alerts: []}
      - {eval_time: 2m, alertname: ApiDown, exp_alerts: []}
      - eval_time: 8m
        alertname: QueueFull
        exp_alerts:
          - exp_labels: {severity: critical}
            exp_annotations: {runbook_url: https://runbooks.example/queue}
      - eval_time: 8m
        alertname: ApiDown
        exp_alerts:
          - exp_labels: {severity: critical}
            exp_annotations: {runbook_url: https://runbooks.example/api}
"""

RUNBOOK = """\
# The queue fills
## Meaning
Text.
## Impact
Text.
## Diagnosis
```bash diagnose expect="full"
echo full
```
## Mitigation
Text.
## Fix
```bash fix
true
```
## Verification
```bash verify
true
```
## Prevention
Text.
"""

README = """\
# The queue fills
## Story
Text.
## System
Text.
## Fault
Text.
## Original and lab scale
Text.
## Sources
Text.
"""

DRILL = """\
# Drill
## Symptoms
- Customers wait.
## Hints
1. Look at the queue.
2. Who empties it?
3. Since when?
## Causes
- [ ] The network
- [x] The worker stopped
- [ ] The database
## Debrief
Text.
"""

DEPLOYMENT = """\
kind: Deployment
metadata: {name: worker, namespace: ticketing}
spec: {replicas: REPLICAS, template: {spec: {containers: [{name: worker, image: firedrill/worker}]}}}
---
kind: Deployment
metadata: {name: prober, namespace: ticketing-clients}
spec: {template: {spec: {containers: [{name: prober, image: firedrill/prober}]}}}
"""

FILES = {
    "scenario.py": SCENARIO,
    "rules.yaml": RULES,
    "rules_test.yaml": RULES_TEST,
    "RUNBOOK.md": RUNBOOK,
    "README.md": README,
    "drill.md": DRILL,
    "system/kustomization.yaml": "resources: [all.yaml]\n",
    "system/all.yaml": DEPLOYMENT.replace("REPLICAS", "1"),
    "guardrail/kustomization.yaml": "resources: [all.yaml]\n",
    "guardrail/all.yaml": DEPLOYMENT.replace("REPLICAS", "2"),
}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A scenario folder in which nothing is wrong, `queue_full` in the pack `pack`."""
    folder = tmp_path / "pack" / "queue_full"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
