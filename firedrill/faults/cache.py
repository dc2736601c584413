"""What happens to a Redis cache."""

from __future__ import annotations

from experiments.model.actions import Step
from experiments.model.base import seconds

_MODULE = "experiments.actions.cache"
ENDLESS = {"MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "SYNC", "PSYNC"}
"""Redis commands after which a connection only listens."""


def warm(prefix: str, *, ttl: str | float, namespace: str, service: str = "redis") -> Step:
    """Write every key under a prefix again in one pipeline with one lifetime, as a warm-up job does.

    Args:
        prefix: what the keys begin with: `product:`.
        ttl: their lifetime, the same for all; Redis itself will expire them.
        namespace: one of the scenario's own.
        service: the Redis Service.
    """
    return Step(
        title=f"warm {prefix}* in one pipeline, each for {seconds(ttl):g} s",
        module=_MODULE,
        function="warm",
        arguments={"namespace": namespace, "service": service, "prefix": prefix, "ttl_s": seconds(ttl)},
    )


def drop(*keys: str, namespace: str, service: str = "redis") -> Step:
    """Delete named keys; at least one has to be there.

    Args:
        keys: whole names.
        namespace: one of the scenario's own.
        service: the Redis Service.
    """
    return Step(
        title=f"drop {', '.join(keys)} from {service}",
        module=_MODULE,
        function="drop",
        arguments={"namespace": namespace, "service": service, "keys": list(keys)},
    )


def command(*words: str | int, namespace: str, service: str = "redis") -> Step:
    """Carry out one Redis command, as `redis-cli` does; one that Redis refuses is an error.

    Args:
        words: the command and its arguments: `"CONFIG", "SET", "maxmemory", "2mb"`.
        namespace: one of the scenario's own.
        service: the Redis Service.

    Raises:
        ValueError: there is no command, or it would wait without end.
    """
    if not words or not str(words[0]).strip():
        raise ValueError('a Redis command has at least one word: cache.command("FLUSHALL", namespace="shop")')
    if str(words[0]).upper() in ENDLESS:
        raise ValueError(f"{words[0]} turns the connection into a stream that never ends")
    return Step(
        title=f"{' '.join(str(word) for word in words)} on {service} in {namespace}",
        module=_MODULE,
        function="command",
        arguments={"namespace": namespace, "service": service, "words": [str(word) for word in words]},
    )
