"""What a scenario author imports, together with `firedrill.faults`.

from firedrill import Scenario, Source, absorbs, fires, holds, locust, time_scale

The names are those of `firedrill.names`, looked up when they are first used: the command line is in this package and
starts without the model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firedrill.names import *  # noqa: F403
else:  # a type checker that saw this would take every name for one that there is

    def __getattr__(name: str) -> object:
        if not name.startswith("_"):
            found = vars(import_module("firedrill.names")).get(name)
            if found is not None:
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
