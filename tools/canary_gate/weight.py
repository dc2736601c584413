"""What can give a canary its share of the requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Wait = Callable[[float], None]
"""Lets that many seconds pass; may raise `Interrupted`."""


class Weight(Protocol):
    """One way to set the share. `Deployments` and `Command` are two."""

    @property
    def way_back(self) -> str:
        """The commands with which a person sets the weight to 0."""

    def set(self, weight: int, wait: Wait) -> str:
        """Give the canary this share (percent) and return when it has it; the answer says what was done, in words.

        Raises:
            BadInput: it could not be set, or does not take effect.
            Interrupted: by `wait`.
        """

    def wrong(self) -> str:
        """Why the canary does not have the share that was set last; empty where it has, or nobody can tell."""
