"""What canary-gate is tried on: a service in two versions, its clients, and a Prometheus that sees both versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from cluster import manifests
from cluster.images.tags import references
from fixtures import observability, traffic
from tests.cluster.workshop import Workshop, eventually

NAMESPACE = "canary-test"
STABLE, CANARY = "web", "web-canary"
SERVING = 4
"""Pods that both versions share."""
RPS = 40.0
CLIENTS = """\
from arrivals import Arrivals


class Clients(Arrivals):
    def arrive(self, dice):
        return "/pages/1"
"""


def deploy(room: Workshop) -> None:
    """All of it, ready; the canary has no pod."""
    root = room.handle.lab.root
    service = yaml.safe_load((root / "fixtures" / "service" / "service.yaml").read_text(encoding="utf-8"))
    service["metadata"]["name"] = STABLE
    service["spec"]["selector"] = {"behind": STABLE}
    watching = observability.ObservabilitySpec(NAMESPACE, watched=(NAMESPACE,), run=NAMESPACE, rules="groups: []")
    clients = traffic.TrafficSpec(NAMESPACE, rps=RPS, target=f"{STABLE}.{NAMESPACE}:8080", locustfile=CLIENTS)
    # No alert is anybody's matter here, so Alertmanager stays away.
    watches = [one for one in observability.render(watching) if one["metadata"]["name"] != "alertmanager"]
    objects = [service, _version(room, STABLE, SERVING), _version(room, CANARY, 0), *watches, *traffic.render(clients)]
    room.kubectl("apply", "-f", "-", stdin=manifests.pin(manifests.to_yaml(objects), references(root)))
    room.kubectl("wait", "--for=condition=Available", "deployment", "--all", "--timeout=60s", timeout_s=70)


def release(room: Workshop, *, render_ms: int = 5, upstream: str = "") -> None:
    """A new version of the canary, which has no pod yet; the stable one has all.

    Args:
        render_ms: what each of its answers waits for (ms).
        upstream: whom it hands its requests on to, `http://host:port`; empty: it answers itself.
    """
    room.kubectl("scale", f"deployment/{CANARY}", "--replicas=0")
    room.kubectl("scale", f"deployment/{STABLE}", f"--replicas={SERVING}")
    room.kubectl("set", "env", f"deployment/{CANARY}", f"RENDER_MS={render_ms}", f"UPSTREAM={upstream}")
    eventually(lambda: (_ready(room, STABLE), _ready(room, CANARY)) == (SERVING, 0))


def shares(room: Workshop) -> tuple[int, int]:
    """How many pods the stable version is to have, and the canary."""
    stable, canary = (int(room.get("deployment", name)["spec"]["replicas"]) for name in (STABLE, CANARY))
    return stable, canary


@contextmanager
def without_prometheus(room: Workshop) -> Iterator[None]:
    """Its Service has no pod meanwhile."""
    room.kubectl("scale", "deployment/prometheus", "--replicas=0")
    try:
        room.kubectl("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=prometheus", "--timeout=30s")
        yield
    finally:
        room.kubectl("scale", "deployment/prometheus", "--replicas=1")
        room.kubectl("rollout", "status", "deployment/prometheus", "--timeout=30s")


def _version(room: Workshop, name: str, count: int) -> dict[str, Any]:
    """The small service under a name of its own, which is its `job`, behind the Service of both."""
    file = room.handle.lab.root / "fixtures" / "service" / "deployment.yaml"
    made: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    labels = {"app.kubernetes.io/name": name}
    made["metadata"] = {"name": name, "labels": labels}
    made["spec"] |= {"replicas": count, "selector": {"matchLabels": labels}}
    made["spec"]["template"]["metadata"]["labels"] = labels | {"behind": STABLE}
    return made


def _ready(room: Workshop, name: str) -> int:
    return int(room.get("deployment", name)["status"].get("readyReplicas", 0))
