"""A game day that is led through the command line, as a facilitator leads it: the command, and what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cluster.lab import Lab
from cluster.process import tail
from drills.gameday.child import Child
from drills.gameday.day import Day, Stage
from drills.gameday.folder import DayFolder
from drills.reading import SoFar
from experiments.record.drill import Said
from experiments.undo.heal import heal
from tests.cluster.drills import oncall
from tests.cluster.drills.link import Link
from tests.cluster.drills.playing import ENDS_WITHIN_S, PACK

READY = "Ready: the facilitator starts the day."
READY_WITHIN_S = 180.0
_POLL_S = 0.2

T = TypeVar("T")


@dataclass
class Leading:
    """A game day whose command runs.

    Args:
        lab: where.
        plan: plan.yaml.
        port: of the day's pages.
        process: the conductor, the command that runs now.
        output: what it prints.
        started: how often the command was started.
    """

    lab: Lab
    plan: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path
    started: int = 1

    @property
    def links(self) -> dict[str, str]:
        """Where everybody opens their page, as the command has printed it."""
        words = [line.split(maxsplit=1) for line in self._printed().splitlines()]
        here = f"http://127.0.0.1:{self.port}/"
        return {one[0]: one[1] for one in words if len(one) == 2 and one[1].startswith(here)}

    @property
    def folder(self) -> DayFolder:
        """The day's."""
        found = self._folder()
        assert found is not None, f"no day was planned\n{self.state()}"
        return found

    @property
    def day(self) -> Day:
        """What the day has come to."""
        return self.folder.day()

    def at(self, stage: Stage) -> bool | None:
        """True where the day is at this stage, else None."""
        return self.day.stage is stage or None

    def open(self, who: str) -> Link:
        """The page of a role or team, opened by its link."""
        return Link.opened(self.links[who])

    def ready(self) -> None:
        """Wait until the facilitator may start the day, or it goes on."""
        self.until("the command is ready", lambda: (READY in self._printed()) or None, READY_WITHIN_S)

    def run(self, step: int, within_s: float = 60.0) -> Path:
        """The run folder of the drill that a step of the day begins."""

        def look() -> Path | None:
            day = self.day
            return self.folder.runs / day.run if day.step == step and day.run else None

        return self.until(f"step {step} is played", look, within_s)

    def said(self, run: Path, *words: str, within_s: float) -> Said:
        """The first that the desk of a drill says of these words."""
        return self.until(
            f"the desk says {' or '.join(words)}",
            lambda: next((one for one in SoFar(run).desk if one.what in words), None),
            within_s,
        )

    def until(self, what: str, look: Callable[[], T | None], within_s: float) -> T:
        """Look until there is something; the command has to run meanwhile."""
        deadline = time.monotonic() + within_s
        while True:
            found = look()
            if found is not None:
                return found
            assert self.process.poll() is None, f"{what}: not before the command had ended\n{self.state()}"
            assert time.monotonic() < deadline, f"{what}: not within {within_s:g} s\n{self.state()}"
            time.sleep(_POLL_S)

    def shell(self, script: str) -> str:
        """What a command in the shell of the drill that is played prints; it has to succeed."""
        return oncall.shell(self.lab, script, 120.0, self.state)

    def kill(self) -> None:
        """The conductor is gone, from one moment to the next."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def again(self) -> None:
        """Start the same command again, and wait until it is ready."""
        self.started += 1
        self.output = _output(self.plan, self.started)
        self.process = _start(self.lab, self.plan, self.output)
        self.ready()

    def ends(self) -> int:
        """Press Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the command did not end within {ENDS_WITHIN_S:g} s\n{self.state()}") from None

    def state(self) -> str:
        """Where it stands, for the message of whatever failed."""
        code = self.process.poll()
        lines = [f"the command {'runs' if code is None else f'ended with {code}'}; it printed:", tail(self.output)]
        folder = self._folder()
        if folder is not None:
            lines += [f"{folder.path}, what happened:"]
            lines += [f"  {one.at:.1f} {one.what} {one.step} {one.run} {one.text}" for one in folder.happened()[-20:]]
            for log in sorted(folder.logs.glob("*.log")):
                lines += [f"{log.name}:", tail(log)]
            run = folder.runs / folder.day().run
            lines += [
                f"  {one.at:.1f} {one.what} {one.of} {one.text} {' '.join(one.reasons)}" for one in SoFar(run).desk
            ]
        return "\n".join(lines)

    def stop(self) -> None:
        """End what has not ended: the conductor, then a drill that has lost it; what is not undone is healed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        folder = self._folder()
        if folder is None:
            return
        drill = Child(folder.day().pid, folder.day().born)
        drill.end()
        deadline = time.monotonic() + ENDS_WITHIN_S
        while drill.alive and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if drill.alive:
            os.kill(drill.pid, signal.SIGKILL)
            heal(self.lab)

    def _folder(self) -> DayFolder | None:
        # The first start has said it: one that is cut short says nothing.
        first = _output(self.plan, 1).read_text(encoding="utf-8", errors="replace")
        words = (line.split(maxsplit=1) for line in first.splitlines())
        found = next((Path(one[1]) for one in words if len(one) == 2 and one[0] == "day"), None)
        return None if found is None else DayFolder(found)

    def _printed(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")


@contextmanager
def leading(lab: Lab, plan: Path, port: int) -> Iterator[Leading]:
    """Lead the day of a plan, from where its facilitator may start it; ended when this ends.

    Args:
        lab: the lab that is up.
        plan: plan.yaml; what the command prints goes beside it.
        port: the port that the plan names.
    """
    output = _output(plan, 1)
    day = Leading(lab, plan, port, _start(lab, plan, output), output)
    try:
        day.ready()
        yield day
    finally:
        day.stop()


def _output(plan: Path, start: int) -> Path:
    return plan.with_name(f"gameday-{start}.log")


def _start(lab: Lab, plan: Path, output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "firedrill", "gameday", str(plan), "--pack", str(PACK)],
            cwd=lab.root,
            env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
