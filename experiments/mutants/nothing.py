"""The fault of a mutant whose fault was taken away."""

from __future__ import annotations

from experiments.model.actions import Step


def nothing() -> None:
    """Do nothing, as a fault that was never carried out."""


NOTHING = Step(title="nothing, where the fault stood", module=__name__, function=nothing.__name__, arguments={})
