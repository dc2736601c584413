"""The process of one drill, `firedrill play`: begun, found again after a restart, asked to end, and what it came to."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from experiments.play.lock import Holder
from experiments.record.files import VerdictFile
from experiments.record.kinds import Verdict

RESULTS = frozenset({Verdict.PASSED, Verdict.NOT_FIXED, Verdict.FALSE_ALARM})
"""Verdicts that say something of the team; with any other the lab, or somebody, ended the drill too early."""


@dataclass(frozen=True)
class Child:
    """A process and the kernel's clock tick at which it was born; a pid alone may belong to another by now."""

    pid: int
    born: int

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.born != 0 and born(self.pid) == self.born

    def end(self) -> None:
        """Ask it to end: it undoes what it did and writes its report first."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)


def begin(command: Sequence[str], cwd: Path, log: Path) -> Child:
    """Begin a drill in a session of its own, so that a closed terminal or Ctrl-C ends the conductor alone.

    Args:
        command: the program and its arguments.
        cwd: where it runs.
        log: takes what it says.

    Raises:
        OSError: it cannot be begun.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Child(process.pid, born(process.pid))


def reap(child: Child) -> None:
    """Let the kernel forget a child that ended, so that it does not look alive; one of an earlier conductor is gone."""
    try:
        os.waitpid(child.pid, os.WNOHANG)
    except ChildProcessError:
        return


def run_of(lock: Path, pid: int) -> str:
    """The name of the run folder of the drill that holds the lab; empty where this process does not.

    Args:
        lock: the lab's lock for runs.
        pid: of the drill's process.
    """
    try:
        holder = Holder.model_validate_json(lock.read_bytes())
    except (OSError, ValidationError):
        return ""
    return Path(holder.folder).name if holder.pid == pid else ""


def verdict_of(run: Path) -> Verdict | None:
    """What a drill ended in; None where it never was judged."""
    try:
        return VerdictFile.model_validate_json((run / "verdict.json").read_text(encoding="utf-8")).verdict
    except (OSError, ValidationError):
        return None


def last_words(log: Path, most: int = 300) -> str:
    """The end of what a drill said, for a facilitator who has to know why it failed."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    told = [line.strip() for line in lines[-12:] if "error:" in line or "next:" in line] or lines[-2:]
    return " ".join(told)[-most:]


def born(pid: int) -> int:
    """When a process began, in clock ticks since the machine did; 0 where there is none, or only its zombie."""
    try:
        # The name in parentheses may hold anything; state and start time are the 1st and 20th field after it.
        after = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if after[0] in {"Z", "X"} else int(after[19])
