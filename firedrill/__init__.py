"""What a scenario author imports, together with `firedrill.faults`.

from firedrill import Scenario, Source, absorbs, cache, config, fires, holds, locust, time_scale

The names are looked up when they are first used: the command line stands in this package and starts without the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firedrill.names import (
        Scenario,
        Source,
        absorbs,
        answers,
        contains,
        dedicated,
        excuse,
        fires,
        holds,
        inhibits,
        kube,
        locust,
        machine,
        refused_by,
        sql,
        time_scale,
    )

__all__ = [
    "Scenario",
    "Source",
    "absorbs",
    "answers",
    "contains",
    "dedicated",
    "excuse",
    "fires",
    "holds",
    "inhibits",
    "kube",
    "locust",
    "machine",
    "refused_by",
    "sql",
    "time_scale",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from firedrill import names

    return getattr(names, name)
