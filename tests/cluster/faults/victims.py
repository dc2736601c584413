"""Systems that the tests of faults break: the lab's own fixtures, in the open run's namespace."""

from __future__ import annotations

import json
from typing import Any

from cluster import manifests
from cluster.images.tags import references
from experiments.play import deploy
from tests.cluster.faults.open_run import NAMESPACE, OpenRun

READY_WITHIN_S = 90.0


def fixture(run: OpenRun, folder: str) -> None:
    """Deploys a kustomize folder of the checkout and waits until it is ready."""
    lab = run.handle.lab
    apply(run, manifests.render(lab, lab.root / folder))


def apply(run: OpenRun, objects: list[dict[str, Any]]) -> None:
    """Deploys objects, whose lab images need no tag, and waits until all workloads are ready."""
    text = manifests.pin(manifests.to_yaml(objects), references(run.handle.lab.root))
    run.room.kubectl("apply", "-f", "-", stdin=text)
    deploy.wait_ready(run.handle, [NAMESPACE], READY_WITHIN_S)


def pods(run: OpenRun, app: str) -> list[dict[str, Any]]:
    """The pods of an app that are not on their way out."""
    found = run.room.kubectl("get", "pods", "-l", f"app.kubernetes.io/name={app}", "-o", "json")
    items: list[dict[str, Any]] = json.loads(found)["items"]
    return [one for one in items if "deletionTimestamp" not in one["metadata"]]
