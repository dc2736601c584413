"""Customers: each wants one page, and asks again where it is late or refused."""

from __future__ import annotations

import random
from typing import Any

import gevent
from arrivals import Arrivals

PAGES = 5000
TRIES = 3
"""Once, and two times more."""
ASKS_AGAIN = (0, 503)
"""No answer in time, or a server error; 429 tells a customer to come back another time, and they do."""
LOOKS_AT_IT_S = 0.5
"""Seconds until somebody who sees an error has asked again."""


class Impatient:
    """Locust's session, whose every request is asked again where it failed; the last answer is the customer's.

    Args:
        session: what sends.
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    def get(self, path: str, **options: Any) -> Any:
        """The answer in the end, as the session gives it.

        Args:
            path: what is asked for.
            options: the session's.
        """
        for attempt in range(1, TRIES):
            answer = self._session.get(f"{path}?attempt={attempt}", **options)
            if answer.status_code not in ASKS_AGAIN:
                return answer
            with answer:
                answer.success()
            gevent.sleep(LOOKS_AT_IT_S)
        return self._session.get(f"{path}?attempt={TRIES}", **options)


class Customers(Arrivals):
    """Customers of the storefront."""

    client: Any  # Locust makes it a session, `on_start` an impatient one

    def on_start(self) -> None:
        """Customers come when the shop is open, and reload; the clients of the lab do neither.

        Whoever came before would come three times, which is more than two replicas render: the storm would be there
        before the fault.
        """
        while self.client.get("/pages/1").status_code != 200:
            gevent.sleep(LOOKS_AT_IT_S)
        self.client = Impatient(self.client)

    def arrive(self, dice: random.Random) -> str:
        """One of the pages."""
        return f"/pages/{dice.randint(1, PAGES)}"
