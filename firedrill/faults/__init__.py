"""The steps of a fault, as authors write them: `config.roll_out(…)`, `cache.warm(…)`, `pods.kill(…)`.

Every module of this folder is a name for authors: from firedrill.faults import cache, config
"""
