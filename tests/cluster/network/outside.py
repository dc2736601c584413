"""What is beside the cluster: a server in the nodes' network that is no node, and the annotation that opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client as kube

from cluster.guard import Handle
from cluster.images.tags import references
from experiments.play.rendering import FURTHER_DESTINATIONS
from tests.cluster.network.world import until


@contextmanager
def server_outside(handle: Handle) -> Iterator[str]:
    """A network probe that serves as `outside`; its address."""
    lab = handle.lab
    image = references(lab.root)["firedrill/network-probe"]
    server: Any = handle.docker.containers.run(
        image, ["serve", "outside"], detach=True, network=lab.network, labels=lab.labels, user="0"
    )
    try:
        until("the server runs", lambda: server.reload() or server.status == "running", 20)
        yield server.attrs["NetworkSettings"]["Networks"][lab.network]["IPAddress"]
    finally:
        server.remove(force=True)


def further_destinations(core: kube.CoreV1Api, namespace: str, ranges: str | None) -> None:
    """Declares what the pods of a namespace reach beyond the cluster; None takes the declaration away."""
    core.patch_namespace(namespace, {"metadata": {"annotations": {FURTHER_DESTINATIONS: ranges}}})
