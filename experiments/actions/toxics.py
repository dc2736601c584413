"""A bad network between two parts of a system that have a Toxiproxy between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes.client.exceptions import ApiException

from cluster.errors import LabError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.compile.activities import undo
from experiments.kube_api import TIMEOUT_S, core
from experiments.play.played import Configuration
from experiments.play.session import session_of
from experiments.toxiproxy import PORT, proxy_of, talk
from experiments.tunnel import tunnel
from experiments.undo.namespaces import going


def add(
    namespace: str,
    service: str,
    proxy: str,
    toxic: str,
    stream: str,
    toxicity: float,
    attributes: dict[str, int],
    configuration: Configuration,
) -> str:
    """Add a toxic to a proxy; connections that are open get it, too.

    Args:
        namespace: where Toxiproxy is.
        service: its Service.
        proxy: one of its proxies.
        toxic: its type: latency, bandwidth, timeout, reset_peer.
        stream: `downstream` for what the server sends, `upstream` for what the client sends.
        toxicity: share of the connections that get it, above 0 and at most 1.
        attributes: of the type; times in milliseconds, rates in KB/s.

    Returns:
        The toxic's name.

    Raises:
        LabError: Toxiproxy cannot be reached, has no such proxy, refuses the toxic, or has one of that name.
    """
    session = session_of(configuration)
    name = f"{toxic}_{stream}"
    with talk(*session.sources.door(namespace, service, PORT)) as server:
        found = proxy_of(server, proxy)
        if found.get_toxic(name) is not None:
            raise LabError(f"The proxy {proxy} in {namespace} has a toxic {name} already.", "firedrill heal")
        session.journal.promise(
            undo(
                f"remove the toxic {name} from {proxy} in {namespace}",
                __name__,
                "remove",
                namespace=namespace,
                service=service,
                proxy=proxy,
                name=name,
            )
        )
        found.add_toxic(type=toxic, name=name, stream=stream, toxicity=toxicity, attributes=attributes)
        if found.get_toxic(name) is None:
            raise LabError(f"Toxiproxy in {namespace} took the toxic {name}, but {proxy} does not have it.")
    return name


def down(namespace: str, service: str, proxy: str, configuration: Configuration) -> None:
    """Disable a proxy: open connections are closed, new ones refused.

    Args:
        namespace: where Toxiproxy is.
        service: its Service.
        proxy: one of its proxies, enabled.

    Raises:
        LabError: Toxiproxy cannot be reached, has no such proxy, or it is down already.
    """
    session = session_of(configuration)
    with talk(*session.sources.door(namespace, service, PORT)) as server:
        found = proxy_of(server, proxy)
        if not found.enabled:
            raise LabError(f"The proxy {proxy} in {namespace} is down already.", "firedrill heal")
        session.journal.promise(
            undo(f"enable {proxy} in {namespace}", __name__, "up", namespace=namespace, service=service, proxy=proxy)
        )
        found.disable()


def remove(namespace: str, service: str, proxy: str, name: str) -> None:
    """Undo of `add`; a toxic or a Toxiproxy that is gone is no error.

    Raises:
        LabError: Toxiproxy is there and cannot be reached.
    """
    with _still_there(namespace, service, proxy) as found:
        if found is not None and found.get_toxic(name) is not None:
            found.destroy_toxic(name)


def up(namespace: str, service: str, proxy: str) -> None:
    """Undo of `down`; a proxy that is up, or a Toxiproxy that is gone, is no error.

    Raises:
        LabError: Toxiproxy is there and cannot be reached.
    """
    with _still_there(namespace, service, proxy) as found:
        if found is not None and not found.enabled:
            found.enable()


@contextmanager
def _still_there(namespace: str, service: str, proxy: str) -> Iterator[Any]:
    """The proxy, or None where it went with its pod, its Service or its namespace: a toxic is in memory alone.

    In a namespace that is deleted it is as good as gone: it may stop to answer at any moment.
    """
    handle = open_handle(Lab.of_checkout())
    if going(handle, namespace) or not _runs(handle, namespace, service):
        yield None
        return
    with tunnel(handle, namespace, service, PORT) as (host, port), talk(host, port) as server:
        yield server.get_proxy(proxy)


def _runs(handle: Handle, namespace: str, service: str) -> bool:
    try:
        selector = core(handle).read_namespaced_service(service, namespace, _request_timeout=TIMEOUT_S).spec.selector
    except ApiException as error:
        if error.status == 404:
            return False
        raise
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    pods = core(handle).list_namespaced_pod(namespace, label_selector=labels, _request_timeout=TIMEOUT_S).items
    return any(pod.metadata.deletion_timestamp is None for pod in pods)
