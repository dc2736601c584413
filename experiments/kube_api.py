"""The Kubernetes API by group, from the guard's handle.

Untyped on purpose: the client's models declare every field of every object as optional, also those that the API server
always fills, so that each read would need an assertion that cannot fail.
"""

from __future__ import annotations

from typing import Any

from kubernetes import client

from cluster.guard import Handle

TIMEOUT_S = 20
"""One request; the lab's API server answers in milliseconds."""


def core(handle: Handle) -> Any:
    """Pods, namespaces, nodes, secrets."""
    return client.CoreV1Api(handle.api)


def apps(handle: Handle) -> Any:
    """Deployments, StatefulSets, DaemonSets."""
    return client.AppsV1Api(handle.api)


def batch(handle: Handle) -> Any:
    """Jobs, CronJobs."""
    return client.BatchV1Api(handle.api)
