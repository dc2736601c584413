"""What goes along with a drill in `firedrill play`: the page, and a program that plays where one was named."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from cluster.errors import FiredrillError, LabError
from cluster.lab import Lab
from drills.hosting.address import Address
from drills.hosting.agent import Agent, Plays
from drills.hosting.page import Page, Tokens
from experiments.record.folder import RunFolder

Result = TypeVar("Result")
Opened = Callable[[RunFolder], None]


class Companions:
    """Started with the run folder (`folder`, which knows the run's secrets), ended by `close`.

    Args:
        lab: the lab that is played on.
        address: where the page is.
        agent: the program that plays, as typed; None: a person does.
        limit_s: the drill's time limit (seconds).

    Raises:
        UsageError: `agent` is no command line.
    """

    def __init__(self, lab: Lab, address: Address, agent: str | None, limit_s: float) -> None:
        self._lab = lab
        self._address = address
        self._command = agent
        self._limit_s = limit_s
        self._page: Page | None = None
        self._agent: Agent | None = None
        self._lost: LabError | None = None
        self.folder: RunFolder | None = None
        self._playing = threading.Event()
        self._gone = threading.Event()
        if agent is not None:
            self._plays("").argv  # noqa: B018  refused before anything is touched

    def around(self, play: Callable[[Opened], Result], tell: Callable[[Page], None]) -> Result:
        """Play, with the page up from the moment the run has a folder.

        Args:
            play: plays the drill in this thread; calls what it is given once `drill/` can be read.
            tell: says where the page is.

        Raises:
            LabError: the page could not be kept alive; the drill was ended and undone.
            FiredrillError: what `play` raises.
        """

        def opened(folder: RunFolder) -> None:
            self._open(folder)
            if self._page is not None:
                tell(self._page)

        self._playing.set()
        try:
            result = play(opened)
        except FiredrillError as error:
            raise self._lost or error from error
        finally:
            self._playing.clear()
            if self._agent is not None:
                self._agent.stop()
        if self._lost is not None:
            raise self._lost
        return result

    def stay(self) -> None:
        """Until Ctrl-C.

        Raises:
            LabError: the page was lost meanwhile.
        """
        try:
            self._gone.wait()
        except KeyboardInterrupt:
            return
        if self._lost is not None:
            raise self._lost

    def close(self) -> None:
        """End what was started."""
        if self._agent is not None:
            self._agent.stop()
        if self._page is not None:
            self._page.stop()

    def _open(self, folder: RunFolder) -> None:
        self.folder = folder
        tokens = None if self._address.is_loopback else Tokens.fresh(self._lab.state / "page-tokens.json")
        self._page = Page(self._lab.root, self._address, tokens, self._page_lost)
        self._page.start(folder.path)
        if self._command is not None:
            self._agent = Agent(self._plays(self._page.link), folder, self._give_up)
            self._agent.start()

    def _plays(self, page: str) -> Plays:
        ours = [sys.executable, "-m", "firedrill", "shell", "-c"]
        return Plays(self._command or "", page, ours, self._limit_s)

    def _page_lost(self, error: LabError) -> None:
        self._lost = error
        self._gone.set()
        self._interrupt()

    def _give_up(self, why: str) -> None:
        """A program that ended has given up; where the page does not take that, the drill is ended from outside."""
        page = self._page
        if page is not None:
            page.move("note", why)
        if page is None or not page.move("give-up"):
            self._interrupt()

    def _interrupt(self) -> None:
        """End the drill as Ctrl-C would: it is undone."""
        if self._playing.is_set():
            os.kill(os.getpid(), signal.SIGINT)
