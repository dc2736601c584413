"""What happens to a Redis cache, over a tunnel from this machine."""

from __future__ import annotations

from typing import Any

import redis

from cluster.errors import LabError
from experiments.actions.objects import refuse_outside
from experiments.play.played import Configuration
from experiments.play.session import Session, session_of

PORT = 6379
TIMEOUT_S = 10


def warm(namespace: str, service: str, prefix: str, ttl_s: float, configuration: Configuration) -> int:
    """Write every key under a prefix again in one pipeline, all with one lifetime, as a warm-up job does.

    Args:
        namespace: one of the run's own.
        service: the Redis Service.
        prefix: what the keys begin with.
        ttl_s: their lifetime (seconds), the same for all; Redis itself will expire them.

    Returns:
        How many keys were written.

    Raises:
        LabError: the namespace is not the run's own, Redis cannot be reached, or no key has the prefix.
    """
    session = session_of(configuration)
    try:
        connection = _connect(session, namespace, service)
        keys = list(connection.scan_iter(match=f"{prefix}*", count=1000))
        values = connection.mget(keys) if keys else []
        with connection.pipeline(transaction=False) as pipe:
            for key, value in zip(keys, values, strict=True):
                if value is not None:
                    pipe.set(key, value, px=round(ttl_s * 1000))
            written = len(pipe.execute())
    except redis.RedisError as error:
        raise LabError(f"Redis {service} in {namespace}: {error}", "Look at its pod and log.") from error
    if not written:
        raise LabError(f"Redis {service} in {namespace} has no key {prefix}*: there is nothing to warm.")
    return written


def drop(namespace: str, service: str, keys: list[str], configuration: Configuration) -> int:
    """Delete named keys.

    Args:
        namespace: one of the run's own.
        service: the Redis Service.
        keys: whole names.

    Returns:
        How many were there.

    Raises:
        LabError: the namespace is not the run's own, Redis cannot be reached, or none of the keys was there.
    """
    session = session_of(configuration)
    try:
        there: Any = _connect(session, namespace, service).delete(*keys)
    except redis.RedisError as error:
        raise LabError(f"Redis {service} in {namespace}: {error}", "Look at its pod and log.") from error
    if not there:
        raise LabError(f"Redis {service} in {namespace} has none of {', '.join(keys)}: nothing was dropped.")
    return int(there)


def command(namespace: str, service: str, words: list[str], configuration: Configuration) -> str:
    """Carry out one command, as `redis-cli` does.

    Args:
        namespace: one of the run's own.
        service: the Redis Service.
        words: the command and its arguments.

    Returns:
        Redis's answer, as Python writes it.

    Raises:
        LabError: the namespace is not the run's own, or Redis cannot be reached or refuses.
    """
    session = session_of(configuration)
    try:
        connection: Any = _connect(session, namespace, service)  # this method of its is not typed
        answer = connection.execute_command(*words)
    except redis.RedisError as error:
        said = f"`{' '.join(words)}` on Redis {service} in {namespace}: {error}"
        raise LabError(said, "Look at its pod and log.") from error
    return repr(answer)


def _connect(session: Session, namespace: str, service: str) -> redis.Redis:
    refuse_outside(session, namespace)
    host, port = session.sources.door(namespace, service, PORT)
    return redis.Redis(host=host, port=port, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
