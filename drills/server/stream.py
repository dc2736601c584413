"""The stream: one watcher looks at the folder for everybody, and every visitor is sent what changed for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

from drills.server import plots
from drills.server.access import Visitor
from drills.server.fragments import NAMES, Fragments, signals
from drills.server.state import Drill, DrillFiles
from experiments.record.drill import Sample

EVERY_S = 0.25
"""Between two looks at the folder."""
BEAT_S = 5.0
"""Between two tellings of the time; they also show either side that the other is there."""


class Watch:
    """Looks at the folder and wakes those who wait.

    Args:
        files: of the drill.
    """

    def __init__(self, files: DrillFiles) -> None:
        self._files = files
        self._missed = 0
        self._turn = asyncio.Event()
        self._stopped = False

    @property
    def drill(self) -> Drill:
        """As of the last look."""
        return self._files.drill

    @property
    def samples(self) -> list[Sample]:
        """As of the last look."""
        return self._files.samples

    @property
    def stopped(self) -> bool:
        """Whether the server is going down."""
        return self._stopped

    def look(self) -> Drill:
        """Look now; whoever waits is woken where something is new."""
        changed, sampled = self._files.look()
        missed = self.drill.missed(time.time())
        if changed or sampled or missed != self._missed:
            self._missed = missed
            self.wake()
        return self.drill

    def wake(self) -> None:
        """Let everybody who waits look again."""
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def stop(self) -> None:
        """End every stream: a server that goes down must not wait for its visitors."""
        self._stopped = True
        self.wake()

    @property
    def turn(self) -> asyncio.Event:
        """Is set when something is new after now; taken before one looks, so that nothing slips in between."""
        return self._turn


async def events(watch: Watch, fragments: Fragments, visitor: Visitor) -> AsyncIterator[str]:
    """Server-sent events for one visitor: first everything, then what has changed, in the order in which it is shown.

    - a part's name: its HTML, after its version in a comment;
    - `samples`, `marks`: JSON for the plots (`drills.server.plots`);
    - `now`: JSON, the server's time (epoch seconds), and when the lab was heard last.
    """
    yield "retry: 1000\n\n"
    versions: dict[str, str] = {}
    sent, shown, told, beat = 0, -1, "", 0.0
    while not watch.stopped:
        turn = watch.turn
        drill, samples, now = watch.drill, watch.samples, time.time()
        parts = fragments.parts(drill, visitor, now)
        for name in NAMES:
            if versions.get(name) != parts[name].version:
                versions[name] = parts[name].version
                yield event(name, f"<!--{parts[name].version}-->{parts[name].html}")
        fresh = plots.marks(drill)
        if fresh != told:
            told = fresh
            yield event("marks", fresh)
        anew = len(signals(drill)) != shown or len(samples) < sent
        if anew or len(samples) > sent:
            shown = len(signals(drill))
            begin = max(0, len(samples) - plots.MOST) if anew else sent
            sent = len(samples)
            yield event("samples", plots.columns(drill, samples[begin:], anew=anew))
        if now - beat >= BEAT_S:
            beat = now
            yield event("now", json.dumps({"now": time.time(), "live": drill.live.at if drill.live else None}))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(turn.wait(), max(0.1, beat + BEAT_S - time.time()))


def event(name: str, data: str) -> str:
    """One server-sent event; each line of the data has a line of its own."""
    lines = "".join(f"data: {line}\n" for line in data.replace("\r", "\n").split("\n"))
    return f"event: {name}\n{lines}\n"
