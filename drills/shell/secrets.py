"""What is secret in the drill that is played, learnt by another process than the run's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from cluster.errors import FiredrillError
from cluster.guard import Handle, open_handle
from cluster.lab import Lab
from experiments.model.cluster import Dedicated
from experiments.model.scenario import Scenario
from experiments.play.namespaces import struck
from experiments.play.secrets import of_namespaces
from experiments.record.redaction import Redaction

EVERY_S = 15.0
"""After so many seconds the Secrets are read again: a trainee may rotate one, and type it in the next command."""

Values = Iterable[str | bytes]


class Learner:
    """Makes a redaction know what the run's Secrets hold; what was there before stays known.

    Args:
        ask: reads what is secret now; a FiredrillError where nobody answers.
        redaction: what learns.
    """

    def __init__(self, ask: Callable[[], Values], redaction: Redaction) -> None:
        self._ask = ask
        self._redaction = redaction
        self._asked: float | None = None
        self.known = False

    def learn(self) -> bool:
        """Learn again where the last time is too long ago; returns whether the Secrets could ever be read."""
        now = time.monotonic()
        if self._asked is not None and now - self._asked < EVERY_S:
            return self.known
        self._asked = now
        try:
            self._redaction.learn(self._ask())
            self.known = True
        except FiredrillError:  # the fault may well be that the API server does not answer
            return self.known
        return True


def of_run(lab: Lab, scenario: Scenario) -> Values:
    """What the Secrets of a run's namespaces hold now, in the lab and in the run's own cluster where it has one.

    Args:
        lab: the lab of this checkout.
        scenario: what is played.

    Raises:
        FiredrillError: the guard refuses the cluster, or its API server does not answer.
    """
    inside = list(scenario.namespaces) if isinstance(scenario.cluster, Dedicated) else []
    found = _read(lab, [name for name in struck(scenario) if name not in inside])
    return found | _read(lab.victim(), inside) if inside else found


def _read(lab: Lab, namespaces: list[str]) -> set[str | bytes]:
    handle: Handle = open_handle(lab)
    try:
        return of_namespaces(handle, namespaces)
    finally:
        handle.close()
