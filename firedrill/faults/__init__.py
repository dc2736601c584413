"""The steps of a fault, as authors write them: `config.roll_out(…)`, `cache.warm(…)`, `pods.kill(…)`."""

from firedrill.faults import (
    cache,
    certificates,
    config,
    control_plane,
    load,
    monitoring,
    network,
    nodes,
    objects,
    pods,
    postgres,
    processes,
    resources,
    sql,
    toxics,
    volumes,
)

__all__ = [
    "cache",
    "certificates",
    "config",
    "control_plane",
    "load",
    "monitoring",
    "network",
    "nodes",
    "objects",
    "pods",
    "postgres",
    "processes",
    "resources",
    "sql",
    "toxics",
    "volumes",
]
