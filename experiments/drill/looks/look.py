"""Looking at the system in the middle of a drill."""

from __future__ import annotations

import time
from collections.abc import Sequence

from experiments.play.session import Session
from experiments.record.drill import Finding, Look


class Looker:
    """Compares the system with what was deployed.

    Args:
        session: the open drill.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def after_the_fault(self) -> None:
        """See what the fault itself changed."""

    def look(self, of: str, lost: Sequence[Finding] = ()) -> Look:
        """Look once.

        Args:
            of: the move that declared the fix; empty at the end.
            lost: what was found elsewhere.
        """
        return Look(at=time.time(), of=of, findings=[*lost])
