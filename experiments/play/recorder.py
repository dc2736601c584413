"""Writing the timeline while a run goes on; every event is on disk before the run continues.

What the events of a run look like (`experiments/judge` and `reports` read them):

- `phase`, begin and end, in the order of `Phase`; a phase that a kind of run does not have is left out.
- `step`: one step of the fault, `begin` and `end`. `inject`: the moment the last step returned; in a no-fault run the
  moment it would have been, in front of a gate the moment it is shown the fault, both with `detail.fault` false. Of a
  live gate it is the moment at which the canary has the fault.
- `condition`: a check of the method; `held`, and `detail` = `names` of the conditions it looked at, `state` in words.
- `block`: a block of the runbook, `begin` and `end`; `detail` = `index`, `kind`, and at the end `exit_code`, `matched`.
- `undo`: one undo, `held` whether it succeeded. `note`: anything else worth a line; one with
  `detail.machine` says at which `moment` the machine under the lab stood still.
- `error`: the lab failed or was stopped; `detail` = `error` (class), `exit_code`, `next`.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Literal

from pydantic import JsonValue

from cluster.errors import FiredrillError, NotWritten
from experiments.record.files import Event
from experiments.record.folder import RunFolder
from experiments.record.kinds import Phase

What = Literal["phase", "inject", "step", "condition", "block", "undo", "note", "error"]
_ORDER = list(Phase)
_LOG = logging.getLogger("firedrill")


class Recorder:
    """The timeline of one run.

    An event that cannot be written stops the run, so that nothing is broken that is not on record. From the undo on,
    and when the lab's failure itself is noted, it stops nothing: the undo goes on whatever the disk says, and the
    folder writes the event later if there is room by then.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self.phase: Phase | None = None
        self._ending = False

    def enter(self, phase: Phase) -> None:
        """Begin `phase` and end the one before; going back to an earlier phase keeps the present one."""
        with self._lock:
            if self.phase is not None and _ORDER.index(phase) <= _ORDER.index(self.phase):
                return
            self._ending = self._ending or phase in (Phase.UNDO, Phase.CLEANUP)
            self.leave()
            self.phase = phase
            self._write("phase", phase.value, mark="begin")

    def leave(self) -> None:
        """End the present phase, if there is one."""
        with self._lock:
            if self.phase is not None:
                self._write("phase", self.phase.value, mark="end")

    def event(
        self,
        what: What,
        title: str,
        *,
        mark: Literal["begin", "end", ""] = "",
        held: bool | None = None,
        **detail: JsonValue,
    ) -> float:
        """Write one event of the present phase; returns its moment (epoch seconds)."""
        with self._lock:
            return self._write(what, title, mark=mark, held=held, detail=detail)

    def error(self, error: BaseException, title: str) -> None:
        """Write why the lab failed; an exception that is none of Firedrill's own counts as a lab error."""
        known = isinstance(error, FiredrillError)
        self.event(
            "error",
            f"{title}: {error.happened if isinstance(error, FiredrillError) else error}",
            error=type(error).__name__,
            exit_code=error.exit_code if isinstance(error, FiredrillError) else FiredrillError.exit_code,
            next=error.next_step if isinstance(error, FiredrillError) else "",
            known=known,
        )

    def _write(
        self,
        what: What,
        title: str,
        *,
        mark: Literal["begin", "end", ""] = "",
        held: bool | None = None,
        detail: dict[str, JsonValue] | None = None,
    ) -> float:
        at = time.time()
        phase = self.phase or Phase.DEPLOY
        try:
            self._folder.append(
                Event(at=at, what=what, phase=phase, mark=mark, title=title, held=held, detail=detail or {})
            )
        except NotWritten as error:
            if not self._ending and what != "error":
                raise
            _LOG.error("%s", error)
        return at
