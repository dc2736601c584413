"""People who pay: each asks for a payment of its own."""

from __future__ import annotations

import random

from arrivals import Arrivals


class Payers(Arrivals):
    """Clients of the gateway."""

    def arrive(self, dice: random.Random) -> str:
        """One payment."""
        return f"/payments/{dice.randint(1, 1_000_000)}"
