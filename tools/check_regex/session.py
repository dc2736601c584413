"""One engine in a process of its own, which is killed when a match takes longer than it may."""

from __future__ import annotations

import os
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType

from tools.bad_input import BadInput
from tools.check_regex.attacks import Attack
from tools.check_regex.engines import Engine

STALLED = 12
"""A match that was not given its processor time within this many times as much is no measurement."""
ORPHAN_S = 600
"""Processor time after which the kernel ends an engine that nobody ends any more."""
_LOOK_S = 0.05
_LIMITED = ("sh", "-c", 'ulimit -t "$1"; shift; exec "$@"', "sh", str(ORPHAN_S))


class TookLonger(Exception):
    """The match used up its processor time, and its process was killed."""


class Unmeasured(Exception):
    """A measurement could not be made, which says nothing about the pattern."""


class Session:
    """An engine with one pattern; a process that was killed is replaced when it is next needed.

    Args:
        engine: which.
        pattern: in the engine's syntax.
        how: `search`, `match` or `fullmatch`.
        limit_s: processor seconds that one match may take.

    Raises:
        BadInput: the engine is not there, or refuses the pattern.
        Unmeasured: it does not start.
    """

    def __init__(self, engine: Engine, pattern: str, how: str, limit_s: float) -> None:
        self.engine, self.limit_s = engine, limit_s
        self._opening = f"{_hex(pattern)} {how}\n"
        self._total = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._running()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._kill()

    def seconds(self, attack: Attack, n: int) -> float:
        """Processor time of one match against the attack with n pumps.

        Raises:
            TookLonger: it took more than the limit.
            Unmeasured: the engine ended, or was not given processor time.
        """
        words = (attack.prefix, attack.pump, attack.suffix)
        answer = self._answer(self._running(), f"{' '.join(map(_hex, words))} {n}\n").split()
        try:
            took, self._total = map(float, answer)
        except ValueError as error:
            raise Unmeasured(f"the engine {self.engine.name} answered {' '.join(answer)!r}") from error
        return took

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            return self._process
        command, pipe = [*_LIMITED, *self.engine.command], subprocess.PIPE
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        except OSError as error:
            raise Unmeasured(f"the engine {self.engine.name} does not start: {error}") from error
        self._process, self._total = process, 0.0
        said = self._answer(process, self._opening)
        if said.startswith("refused"):
            self._kill()
            raise BadInput(f"{self.engine.name} refuses it: {said.partition(' ')[2]}")
        self._total = _used(process.pid)
        return process

    def _answer(self, process: subprocess.Popen[bytes], line: str) -> str:
        assert process.stdin and process.stdout  # noqa: S101  opened with pipes
        began, said = time.monotonic(), b""
        try:
            process.stdin.write(line.encode())
            while not said.endswith(b"\n"):
                if select.select([process.stdout], [], [], _LOOK_S)[0]:
                    more = process.stdout.read(4096)
                    if not more:
                        raise self._ended(process)
                    said += more
                elif _used(process.pid) - self._total > self.limit_s:
                    self._kill()
                    raise TookLonger
                elif time.monotonic() - began > STALLED * self.limit_s:
                    self._kill()
                    raise Unmeasured(f"the machine gave it less than {self.limit_s:g} s of {STALLED * self.limit_s:g}")
        except BrokenPipeError as error:
            raise self._ended(process) from error
        return said.decode(errors="replace").strip()

    def _ended(self, process: subprocess.Popen[bytes]) -> Unmeasured | BadInput:
        self._process = None
        _, complaint = process.communicate()
        why = complaint.decode(errors="replace").strip()[-200:] or "it said nothing"
        if process.returncode == 127:
            return BadInput(f"the engine {self.engine.name} is not installed: {why}")
        return Unmeasured(f"the engine {self.engine.name} ended with {process.returncode}: {why}")

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _hex(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").hex() or "-"


def _used(pid: int) -> float:
    """Processor time of a process so far, as Linux keeps it; a dead one has used nothing more."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
