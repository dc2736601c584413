"""A block of the runbook that may be left out without anything being missed."""

from __future__ import annotations

from pydantic import Field

from experiments.model.base import Frozen


class Excuse(Frozen):
    """One mitigate or fix block whose absence no check notices, and why that is right.

    `firedrill mutants` leaves out each of these blocks in turn, and the run has to end `not-fixed`. A scenario may
    excuse one of them.
    """

    block: str = Field(pattern=r"^(mitigate|fix)\.\d+$", description="kind and position: fix.0 is the first fix block")
    reason: str = Field(min_length=20, description="a sentence; the report shows it beside the block")


def excuse(*, block: str, reason: str) -> Excuse:
    """An excused block: `excuse(block="mitigate.0", reason="the fix alone is quick enough to come first")`."""
    return Excuse(block=block, reason=reason)
