"""A bad network, where a scenario's system has a Toxiproxy: `toxics.latency("redis", "200ms", namespace="shop")`.

Streams: `downstream` is what the server sends to the client, `upstream` what the client sends. Toxicity is the share of
connections that get the toxic, decided once for each; 1 is all of them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from experiments.model.actions import Step
from experiments.model.base import seconds

Stream = Literal["downstream", "upstream"]

_MODULE = "experiments.actions.toxics"


def latency(
    proxy: str,
    by: str | float,
    *,
    jitter: str | float = 0,
    namespace: str,
    service: str = "toxiproxy",
    stream: Stream = "downstream",
    toxicity: float = 1.0,
) -> Step:
    """Delay every piece of data; with jitter each by another time, evenly spread over `by` plus or minus `jitter`.

    Args:
        proxy: one of Toxiproxy's proxies.
        by: the delay.
        jitter: how much more or less at most; pieces stay in order.
        namespace: where Toxiproxy is.
        service: its Service.
        stream: whose data.
        toxicity: share of connections.

    Raises:
        ValueError: there is no delay, or the toxicity is no share.
    """
    delay, spread = _milliseconds(by), _milliseconds(jitter)
    if not delay + spread:
        raise ValueError("neither a delay nor jitter: the toxic would do nothing")
    title = f"delay {proxy} by {delay} ms" + (f" ± {spread} ms" if spread else "")
    attributes: dict[str, JsonValue] = {"latency": delay, "jitter": spread}
    return _add(title, namespace, service, proxy, "latency", stream, toxicity, attributes)


def bandwidth(
    proxy: str,
    kilobytes_per_s: int,
    *,
    namespace: str,
    service: str = "toxiproxy",
    stream: Stream = "downstream",
    toxicity: float = 1.0,
) -> Step:
    """Let each connection carry so many KB (1000 bytes) a second, and no more.

    Raises:
        ValueError: the rate is not at least 1 KB/s, or the toxicity is no share.
    """
    if kilobytes_per_s < 1:
        raise ValueError(f"{kilobytes_per_s} KB/s is refused; use `timeout` where nothing gets through")
    title, attributes = f"slow {proxy} down to {kilobytes_per_s} KB/s", {"rate": kilobytes_per_s}
    return _add(title, namespace, service, proxy, "bandwidth", stream, toxicity, dict(attributes))


def timeout(
    proxy: str,
    after: str | float = 0,
    *,
    namespace: str,
    service: str = "toxiproxy",
    stream: Stream = "downstream",
    toxicity: float = 1.0,
) -> Step:
    """Let nothing through: what is sent is lost, and the connection is closed `after` this time.

    With 0 it hangs until the toxic is removed, which closes it.

    Raises:
        ValueError: the toxicity is no share.
    """
    end = _milliseconds(after)
    title = f"let nothing through {proxy}" + (f", close after {end} ms" if end else "")
    return _add(title, namespace, service, proxy, "timeout", stream, toxicity, {"timeout": end})


def reset(
    proxy: str,
    after: str | float = 0,
    *,
    namespace: str,
    service: str = "toxiproxy",
    stream: Stream = "downstream",
    toxicity: float = 1.0,
) -> Step:
    """Reset each connection (TCP RST) `after` this time from when it first carries data; with 0 at once.

    Raises:
        ValueError: the toxicity is no share.
    """
    end = _milliseconds(after)
    title = f"reset the connections of {proxy}" + (f" after {end} ms" if end else "")
    return _add(title, namespace, service, proxy, "reset_peer", stream, toxicity, {"timeout": end})


def down(proxy: str, *, namespace: str, service: str = "toxiproxy") -> Step:
    """Take a proxy down: open connections are closed, new ones refused."""
    return Step(
        title=f"take {proxy} down",
        module=_MODULE,
        function="down",
        arguments={"namespace": namespace, "service": service, "proxy": proxy},
    )


def _add(
    title: str,
    namespace: str,
    service: str,
    proxy: str,
    toxic: str,
    stream: Stream,
    toxicity: float,
    attributes: dict[str, JsonValue],
) -> Step:
    if not 0 < toxicity <= 1:
        raise ValueError(f"a toxicity of {toxicity} is refused: it is a share, above 0 and at most 1")
    where = f" ({stream}" + (f", {toxicity:.0%} of connections)" if toxicity < 1 else ")")
    return Step(
        title=title + where,
        module=_MODULE,
        function="add",
        arguments={
            "namespace": namespace,
            "service": service,
            "proxy": proxy,
            "toxic": toxic,
            "stream": stream,
            "toxicity": toxicity,
            "attributes": attributes,
        },
    )


def _milliseconds(duration: str | float) -> int:
    return round(seconds(duration) * 1000)
