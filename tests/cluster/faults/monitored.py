"""The monitoring of an open run, deployed as a run deploys it, and the questions that an engineer asks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cluster import manifests
from cluster.errors import OracleUnavailable
from experiments.play import deploy, rendering
from experiments.waiting import Seen, eventually
from tests.cluster.faults.open_run import NAMESPACE, OpenRun

MONITORING = f"{NAMESPACE}-monitoring"


@dataclass(frozen=True)
class Monitored:
    """A run whose Prometheus and Alertmanager stand."""

    run: OpenRun

    def metric(self, name: str, service: str = "prometheus", port: int = 9090) -> float:
        """One metric without labels of Prometheus or Alertmanager itself, from its own /metrics."""
        lines = self.run.session.sources.proxy.get(MONITORING, service, port, "/metrics").text.splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))

    def until(self, expr: str, wanted: float | None, within_s: float = 30) -> None:
        """Wait until an expression has this value at the run's Prometheus, or (None) no value at all."""

        def look() -> Seen[bool]:
            try:
                found = [one.samples[0][1] for one in self.run.session.sources.prometheus.vector(expr)]
            except OracleUnavailable as busy:
                return Seen(None, busy.happened)
            return Seen(True if found == ([] if wanted is None else [wanted]) else None, f"{expr} is {found}")

        eventually(look, what=f"{expr} is {wanted}", within_s=within_s)

    def fails(self, job: str, because: str) -> None:
        """Wait until the targets page gives this reason; pods that a release replaced fail otherwise for a while."""

        def look() -> Seen[bool]:
            answer = self.run.session.sources.proxy.get(MONITORING, "prometheus", 9090, "/api/v1/targets")
            targets: list[dict[str, Any]] = json.loads(answer.text)["data"]["activeTargets"]
            errors = [one["lastError"] for one in targets if one["labels"].get("job") == job]
            return Seen(True if errors and all(because in error for error in errors) else None, str(errors))

        eventually(look, what=f"the scrape of {job} fails: {because}", within_s=20)
        self.until(f'max by () (up{{job="{job}"}})', 0)


def monitor(run: OpenRun) -> Monitored:
    """Deploy the run's monitoring and wait until it is ready."""
    run.handle.kubectl("apply", "-f", "-", stdin=manifests.to_yaml(rendering.monitoring(run.session)))
    deploy.wait_ready(run.handle, [MONITORING], 60)
    return Monitored(run)
