"""A thread that notices when the machine under the lab stood still: what is slow then is no fault of the scenario's."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from experiments.play.recorder import Recorder

HELD_UP_S = 0.5
"""A beat that comes so late (seconds) is on record. The longest that a busy lab of two cores was late was 0.3 s."""
TAKEN = 0.2
"""So is a second of which the hypervisor gave this share or more to other machines."""
_BEAT_S = 0.1
_MOST = 20
_STAT = Path("/proc/stat")


@dataclass(frozen=True)
class Ticks:
    """The processors' time so far, in the kernel's ticks: all of it, and what the hypervisor took."""

    all: int
    stolen: int

    @classmethod
    def now(cls, stat: Path = _STAT) -> Ticks:
        """Of this machine; see proc(5), /proc/stat: user nice system idle iowait irq softirq steal."""
        words = stat.read_text(encoding="ascii").splitlines()[0].split()[1:9]
        return cls(sum(map(int, words)), int(words[7]))

    def taken(self, before: Ticks) -> float:
        """The share of the time since `before` that went to other machines, 0 to 1."""
        return (self.stolen - before.stolen) / max(1, self.all - before.all)


class Pulse:
    """Beats ten times a second from `start` to `stop`, and puts on record what it noticed.

    Args:
        recorder: of the run.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._noticed: list[tuple[float, str]] = []
        self._last = self._worked = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._last, self._worked = time.monotonic(), time.process_time()
        self._thread.start()

    def stop(self) -> None:
        """End the thread; each moment is a note of the timeline, the first 20 at most."""
        self._stop.set()
        if self._thread.ident is None:  # never started
            return
        self._thread.join(timeout=10)
        for at, text in self._noticed[:_MOST]:
            self._recorder.event("note", text, machine=True, moment=at)
        if len(self._noticed) > _MOST:
            self._recorder.event("note", f"and {len(self._noticed) - _MOST} times more", machine=True)

    def _beat(self) -> None:
        before, second = Ticks.now(), self._last
        while not self._stop.wait(_BEAT_S):
            self._count()
            if self._last - second >= 1:
                ticks = Ticks.now()
                self.lost(ticks.taken(before))
                before, second = ticks, self._last
        self._count()

    def _count(self) -> None:
        now, worked = time.monotonic(), time.process_time()
        self.felt(now - self._last, worked - self._worked)
        self._last, self._worked = now, worked

    def felt(self, took_s: float, worked_s: float) -> None:
        """Take note of a beat that came late, after `took_s`. While the process itself worked (seconds), one of its
        threads kept the others waiting, and nobody held it up."""
        late_s = took_s - worked_s - _BEAT_S
        if late_s >= HELD_UP_S:
            self._noticed.append((time.time(), f"the machine held this process up for {late_s:.1f} s"))

    def lost(self, share: float) -> None:
        """Take note of a second of which a share went to other machines."""
        if share >= TAKEN:
            self._noticed.append((time.time(), f"the hypervisor gave {share:.0%} of a second to other machines"))
