"""The steps of a fault, as authors write them: `config.roll_out(…)`, `cache.warm(…)`, `pods.kill(…)`."""

from firedrill.faults import cache, config, network, objects, pods, sql, toxics

__all__ = ["cache", "config", "network", "objects", "pods", "sql", "toxics"]
