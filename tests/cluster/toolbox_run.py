"""Namespaces with a Redis in them, as a run has them, for the toolbox to work on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from cluster.guard import Handle
from cluster.images.tags import references
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.redaction import Redaction
from experiments.runbook.front_matter import FrontMatter
from experiments.toolbox import identity
from experiments.toolbox.toolbox import Toolbox

OWN = "toolbox-test"
MONITORING = "toolbox-test-monitoring"


@dataclass(frozen=True)
class OnCall:
    """An open toolbox and what was promised to be undone."""

    handle: Handle
    toolbox: Toolbox
    folder: Path
    run_id: str
    promised: list[dict[str, JsonValue]] = field(default_factory=list)

    def run(self, script: str, limit_s: float = 30.0) -> tuple[BlockResult, str]:
        """Run a block; how it ended and what it printed."""
        block = RunbookBlock(index=0, section="Diagnosis", kind="diagnose", line=1, script=script)
        out = self.folder / f"{uuid.uuid4().hex}.out"
        result = self.toolbox.run(block, limit_s, out)
        return result, out.read_text(errors="replace")

    def output(self, script: str) -> str:
        """What a block printed that has to succeed."""
        result, output = self.run(script)
        assert result.exit_code == 0, output
        return output

    def refused(self, script: str) -> str:
        """What a block printed that must not succeed, nor hang."""
        result, output = self.run(script)
        assert result.exit_code not in (0, None), output
        return output


def fresh_run_id() -> str:
    """The id of a run that never was."""
    return f"toolbox-test-{uuid.uuid4().hex[:8]}"


@contextmanager
def namespaces(handle: Handle) -> Iterator[None]:
    """The two namespaces with a Redis (Service `cache`) in the first; gone when this ends."""
    made = (OWN, MONITORING)
    with ExitStack() as closing:
        closing.callback(
            handle.kubectl, "delete", "namespace", *made, identity.home((OWN,)), "--ignore-not-found", timeout_s=90
        )
        for name in made:
            handle.kubectl("create", "namespace", name)
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": _redis(handle)})
        handle.kubectl("apply", "-n", OWN, "-f", "-", stdin=items)
        handle.kubectl("rollout", "status", "deployment/cache", "-n", OWN, "--timeout=60s", timeout_s=70)
        yield


@contextmanager
def on_call(handle: Handle, folder: Path, declared: FrontMatter | None = None) -> Iterator[OnCall]:
    """An open toolbox of a run of its own."""
    run_id = fresh_run_id()
    promised: list[dict[str, JsonValue]] = []
    opening = Toolbox.open(handle, run_id, (OWN,), MONITORING, declared or FrontMatter(), promised.append, Redaction())
    with opening as toolbox:
        yield OnCall(handle, toolbox, folder, run_id, promised)


def left_over(handle: Handle, run_id: str) -> list[str]:
    """Whatever of a run's toolbox is still there, in the engine and on the cluster."""
    wanted = {"label": [f"firedrill.run={run_id}"]}
    names = [str(one.name) for one in handle.docker.containers.list(all=True, filters=wanted)]
    names += [str(one.name) for one in handle.docker.volumes.list(filters=wanted)]
    kinds = "clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts"
    selector = f"{identity.RUN_LABEL}={identity.account(run_id)}"
    return names + handle.kubectl("get", kinds, "-A", "-l", selector, "-o", "name").split()


def _redis(handle: Handle) -> list[dict[str, Any]]:
    labels = {"app": "cache"}
    container = {
        "name": "redis",
        "image": references(handle.lab.root)["firedrill/redis"],
        "imagePullPolicy": "IfNotPresent",
        "command": ["redis-server", "--save", "", "--protected-mode", "no"],
        "ports": [{"name": "redis", "containerPort": 6379}],
        "readinessProbe": {"tcpSocket": {"port": "redis"}, "periodSeconds": 1},
    }
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "cache"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
                },
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "cache"},
            "spec": {"selector": labels, "ports": [{"name": "redis", "port": 6379, "targetPort": "redis"}]},
        },
    ]
