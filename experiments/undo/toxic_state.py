"""Toxics of every Toxiproxy that stands outside the namespaces of runs."""

from __future__ import annotations

from typing import Any

from cluster.errors import LabError
from cluster.guard import Handle, ask
from experiments.undo.node_state import running_nodes
from experiments.undo.object_state import RUN_LABEL
from experiments.undo.things import Thing, Things, kubectl

_SELECTOR = "app.kubernetes.io/name=toxiproxy"
_PORT = 8474
_TIMEOUT_S = 2
"""A pod of the lab answers in milliseconds; the client asks three times."""


def toxic_state(handle: Handle) -> Things:
    """Each proxy, whether it is enabled, and its toxics; found by the label of `fixtures/toxiproxy`.

    Raises:
        LabError: the API server could not be asked.
    """
    pods = handle.get(f"/api/v1/pods?labelSelector={_SELECTOR}")["items"]
    if not pods:
        return {}
    runs = {one["metadata"]["name"] for one in handle.get(f"/api/v1/namespaces?labelSelector={RUN_LABEL}")["items"]}
    nodes = running_nodes(handle)  # one on a frozen node cannot be asked
    outside = [
        pod["metadata"]
        for pod in pods
        if pod["metadata"]["namespace"] not in runs and pod["spec"].get("nodeName") in nodes
    ]
    return {name: thing for meta in outside for name, thing in _of_pod(handle, meta).items()}


def _of_pod(handle: Handle, meta: dict[str, Any]) -> Things:
    path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}:{_PORT}/proxy/proxies"
    look = f"{kubectl(handle.lab)} get --raw {path}"
    where = f"toxiproxy {meta['namespace']}"
    try:
        status, proxies = ask(handle.api, path, _TIMEOUT_S)
    except LabError as silent:
        return {where: Thing(state=silent.happened, look=look)}
    if status != 200:
        return {where: Thing(state=f"answers {status}", look=look)}
    return {f"{where} proxy {name}": Thing(state=_state(proxy), look=look) for name, proxy in proxies.items()}


def _state(proxy: dict[str, Any]) -> str:
    toxics = sorted(f"{one['name']} {one['attributes']}" for one in proxy["toxics"])
    return ("enabled" if proxy["enabled"] else "down") + f", {'; '.join(toxics) or 'no toxics'}"
