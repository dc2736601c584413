"""What whoever starts a drill decides about it."""

from __future__ import annotations

import random
from enum import StrEnum

from pydantic import Field, model_validator

from experiments.model.base import Frozen


class Mode(StrEnum):
    """How much the trainee is told."""

    GUIDED = "guided"
    BLIND = "blind"


class DrillOptions(Frozen):
    """How a drill is played.

    Args:
        mode: guided shows the runbook; blind shows nothing that names the fault.
        player: a pseudonym, of a person or a team.
        limit_s: seconds from the first page, or from the bite where nobody is paged, until the lab heals itself.
        wait_s: the shortest and the longest time (seconds) between the proven baseline and the fault.
        seed: decides what is left to chance: the wait, the order of the causes, when somebody asks what.
    """

    mode: Mode = Mode.GUIDED
    player: str = Field(default="trainee", min_length=1, max_length=64)
    limit_s: float = Field(default=1800.0, gt=0)
    wait_s: tuple[float, float] = (5.0, 30.0)
    seed: int = 0

    @model_validator(mode="after")
    def _the_wait_is_a_stretch(self) -> DrillOptions:
        shortest, longest = self.wait_s
        if not 0 <= shortest <= longest:
            raise ValueError(f"the wait is from {shortest:g} to {longest:g} s; it has to be from less to more")
        return self

    def chance(self, what: str) -> random.Random:
        """What decides about `what`, the same for the same seed, and for nothing else."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311 (a game, no secret)

    @property
    def waits(self) -> float:
        """Seconds between the proven baseline and the fault."""
        return self.chance("wait").uniform(*self.wait_s)
