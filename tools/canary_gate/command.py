"""The weight as the user's own command sets it: any proxy, mesh or load balancer."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time

from tools.bad_input import BadInput
from tools.canary_gate.signals import Interrupted
from tools.canary_gate.weight import Wait

_LOOKS_EVERY_S = 0.2


class Command:
    """A shell command that reads WEIGHT, and STABLE_WEIGHT beside it, from its environment.

    Args:
        line: for `sh -euc`.
        limit_s: seconds that it may take.
    """

    def __init__(self, line: str, limit_s: float) -> None:
        self._line = line
        self._limit_s = limit_s

    @property
    def way_back(self) -> str:
        """As `Weight`."""
        return f"WEIGHT=0 STABLE_WEIGHT=100 sh -euc {shlex.quote(self._line)}"

    def set(self, weight: int, wait: Wait) -> str:
        """As `Weight`; done is what ended with 0 in time."""
        try:
            self._run({"WEIGHT": str(weight), "STABLE_WEIGHT": str(100 - weight)}, wait)
        except OSError as error:
            raise BadInput(f"--set-weight could not be run: {error}") from error
        return "by --set-weight"

    def wrong(self) -> str:
        """As `Weight`; a command cannot be asked."""
        return ""

    def _run(self, variables: dict[str, str], wait: Wait) -> None:
        # In a session of its own: Ctrl-C must not end the command that puts the weight back, and a limit has to end
        # what the shell started, too.
        with subprocess.Popen(
            ["sh", "-euc", self._line],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **variables},
            start_new_session=True,
        ) as running:
            try:
                said = self._said(running, wait)
            except (BadInput, Interrupted):
                os.killpg(running.pid, signal.SIGKILL)
                raise
        if running.returncode != 0:
            raise BadInput(f"--set-weight ended with {running.returncode}: {' '.join(said.split())[-300:]}")

    def _said(self, running: subprocess.Popen[str], wait: Wait) -> str:
        deadline = time.monotonic() + self._limit_s
        while True:
            try:
                return running.communicate(timeout=min(_LOOKS_EVERY_S, self._limit_s))[0]
            except subprocess.TimeoutExpired as error:
                wait(0)
                if time.monotonic() > deadline:
                    raise BadInput(f"--set-weight did not end within {self._limit_s:g} s") from error
