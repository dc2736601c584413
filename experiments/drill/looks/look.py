"""Looking at the system in the middle of a drill."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cluster.errors import LabError
from experiments.drill.looks.compare import findings
from experiments.drill.looks.licence import licence
from experiments.drill.looks.picture import Picture
from experiments.drill.looks.take import answering, take
from experiments.play.session import Session
from experiments.probes.alerts import active
from experiments.record.drill import Finding, Look


class Looker:
    """Compares the system with what was deployed. Made before the fault, when it takes the first picture.

    Args:
        session: the open drill.

    Raises:
        LabError: something could not be asked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._licence = licence(session.file.blocks)
        self._alerting = answering(session)
        self._deployed = take(session, alerting=self._alerting)
        self._faulty: Picture | None = None

    def after_the_fault(self) -> None:
        """See what the fault itself changed; where that cannot be asked, the fault gets no discount."""
        try:
            self._faulty = take(self._session, alerting=())
        except LabError as error:
            self._session.recorder.event("note", f"the system could not be looked at after the fault: {error.happened}")

    def look(self, of: str, found: Sequence[Finding] = ()) -> Look:
        """Look once.

        Args:
            of: the move that declared the fix; empty at the end.
            found: what was found elsewhere.
        """
        at = time.time()
        try:
            now = take(self._session, alerting=self._alerting)
            seen = findings(self._deployed, self._faulty or self._deployed, now, self._licence)
            seen += self._alarmed()
        except LabError as error:
            return Look(at=at, of=of, findings=[*found], error=error.happened)
        return Look(at=at, of=of, findings=[*found, *seen])

    def _alarmed(self) -> list[Finding]:
        """Alerts that have to be silent whatever happens, and fire: another service is broken."""
        states = active(self._session, [*self._session.file.scenario.silent])
        return [
            Finding(kind="service-broken", thing=f"alert {alert}", text=f"{alert} is firing now.", refuses=True)
            for alert, state in sorted(states.items())
            if state == "firing"
        ]
