"""Visitors of the site. One request of twenty is a sample of an attack, one a long reading: digits without an `=`."""

from __future__ import annotations

import os
import random

from arrivals import Arrivals

DIGITS = int(os.environ.get("DIGITS", "480"))
EVERY = 20
COLOURS = ("red", "green", "blue", "black")


class Visitors(Arrivals):
    """Clients of the edge. They come in turns, so that as many attacks are offered in one window as in another."""

    arrived = 0

    def arrive(self, dice: random.Random) -> str:
        """One request: a product, and at its turn an attack or a reading."""
        self.arrived += 1
        turn = self.arrived % EVERY
        if turn == 0:
            return "/downloads?file=../../etc/passwd"
        if turn == EVERY // 2:
            return "/readings?samples=" + "".join(dice.choices("0123456789", k=DIGITS))
        return f"/products/{dice.randint(1, 300)}?colour={dice.choice(COLOURS)}"
