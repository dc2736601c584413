"""A fault's step as a value: which engine function, with which JSON arguments.

Authors never write one by hand: `firedrill.config.roll_out(...)` and its siblings make them, and
`experiments/actions` holds the functions that carry them out.
"""

from __future__ import annotations

from pydantic import JsonValue

from experiments.model.base import Frozen


class Step(Frozen):
    """One call of a plain typed function with JSON arguments, by its dotted module and name.

    `wrecks` says that it may leave a control plane beyond repair: only a cluster of the run's own can take it.
    """

    title: str
    module: str
    function: str
    arguments: dict[str, JsonValue]
    wrecks: bool = False
