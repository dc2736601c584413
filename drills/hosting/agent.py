"""A program that plays instead of a person: the same page, toolbox, rights, clock and judge.

It is started when the page comes, with

- `FIREDRILL_PAGE`: the page's address. `GET api/state` is the page as JSON; `POST moves` with the form fields `what`,
  `text` and `of` (`experiments/record/drill.py`, `Move`) is what a person clicks. A request that changes something says
  where it comes from: `Origin: http://127.0.0.1:8700`, the address without its last `/`.
- `FIREDRILL_SHELL`: a command line to which one more word is added, a command for the toolbox.
- `FIREDRILL_LIMIT`: seconds from the page until the lab heals itself.

When it ends before a fix was accepted, the drill is given up; when the drill ends first, it is ended.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import UsageError
from drills.reading import SoFar
from experiments.record.drill import FOLDER
from experiments.record.folder import RunFolder
from experiments.record.redaction import Splitter
from experiments.record.writing import writing

LOG = "agent.log"
_LOOK_S = 0.5
_GRACE_S = 5.0
_JUDGED_WITHIN_S = 180.0
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Plays:
    """What a program is given.

    Args:
        command: the program with its arguments, as typed.
        page: the page's address.
        shell: the words to which a command is added.
        limit_s: the drill's time limit.
    """

    command: str
    page: str
    shell: list[str]
    limit_s: float

    @property
    def argv(self) -> list[str]:
        """The program and its arguments.

        Raises:
            UsageError: quotes do not match, or there is no such program.
        """
        try:
            words = shlex.split(self.command)
        except ValueError as error:
            raise UsageError(f"--agent {self.command!r}: {error}", "quote it as a shell would read it") from error
        if not words:
            raise UsageError("--agent names no program.", "--agent './agent.py --fast'")
        return words

    @property
    def environment(self) -> dict[str, str]:
        """This process's, and what tells it of the drill."""
        return {
            **os.environ,
            "FIREDRILL_PAGE": self.page,
            "FIREDRILL_SHELL": shlex.join(self.shell),
            "FIREDRILL_LIMIT": f"{self.limit_s:g}",
        }


class Agent:
    """Plays one drill, in a thread of its own.

    Args:
        plays: what is started.
        folder: the run folder.
        give_up: ends the drill, where the program ended before it was won.
    """

    def __init__(self, plays: Plays, folder: RunFolder, give_up: Callable[[str], None]) -> None:
        self._plays = plays
        self._folder = folder
        self._drill = SoFar(folder.path)
        self._give_up = give_up
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, name="agent", daemon=True)

    def start(self) -> None:
        """Begin to wait for the page."""
        self._thread.start()

    def stop(self) -> None:
        """The drill is over: end the program, with everything in its process group."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _play(self) -> None:
        while not self._drill.said("paged"):
            if self._drill.said("ended") or self._stop.wait(_LOOK_S):
                return
        try:
            code = self._live()
        except OSError as error:
            self._give_up(f"the program could not be started: {error.strerror}")
            return
        if code is None:
            return
        deadline = time.monotonic() + _JUDGED_WITHIN_S
        while self._is_judged() and time.monotonic() < deadline and not self._stop.wait(_LOOK_S):
            continue
        if not self._stop.is_set() and not self._drill.said("ended", "accepted"):
            self._give_up(f"the program ended with {code}")

    def _live(self) -> int | None:
        """Its exit code; None where the drill was over first."""
        path = self._folder.path / FOLDER / LOG
        process = subprocess.Popen(
            self._plays.argv,
            env=self._plays.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        keeping = threading.Thread(target=self._keep, args=(process, path), name="agent's output", daemon=True)
        keeping.start()
        try:
            while process.poll() is None:
                if self._stop.wait(_LOOK_S) or self._drill.said("ended"):
                    return None
            return process.returncode
        finally:
            end_group(process)
            keeping.join(_GRACE_S)

    def _keep(self, process: subprocess.Popen[bytes], path: Path) -> None:
        """Its output, without secrets; what it prints after a full disk is read and dropped, so that it goes on."""
        splitter = Splitter(self._folder.redaction)
        if process.stdout is None:
            return
        with writing(path), path.open("ab") as log:
            while piece := os.read(process.stdout.fileno(), _CHUNK):
                log.write(splitter.feed(piece))
                log.flush()
            log.write(splitter.finish())

    def _is_judged(self) -> bool:
        """Whether a fix was declared and is not answered yet."""
        declared = {one.id for one in self._drill.moves if one.what == "declare"}
        answered = {one.of for one in self._drill.desk if one.what in ("refused", "accepted")}
        return bool(declared - answered)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and everything that it started and left in its group: first kindly, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
