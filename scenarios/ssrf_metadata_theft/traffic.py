"""People who look at previews of a partner's offers."""

from __future__ import annotations

import random
from urllib.parse import quote

from arrivals import Arrivals

PARTNER = "http://partner-service.partner:8080/offers/"


class Readers(Arrivals):
    """Clients of the web application."""

    def arrive(self, dice: random.Random) -> str:
        """The preview of one offer."""
        return f"/fetch?url={quote(f'{PARTNER}{dice.randint(1, 1000)}', safe='')}"
