"""Doors: each asks for one print, all prints equally often."""

from __future__ import annotations

import random

from arrivals import Arrivals

PRINTS = 5000


class Doors(Arrivals):
    """Clients of the fingerprint API."""

    def arrive(self, dice: random.Random) -> str:
        """One of the prints."""
        return f"/match/{dice.randint(1, PRINTS)}"
