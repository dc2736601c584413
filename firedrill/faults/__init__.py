"""The steps of a fault, as authors write them: `config.roll_out(…)`, `cache.warm(…)`, `pods.kill(…)`."""

from firedrill.faults import cache, config, nodes, objects, pods, sql

__all__ = ["cache", "config", "nodes", "objects", "pods", "sql"]
