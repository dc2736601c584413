"""The trainee's shell, as `firedrill shell -c` opens it for one command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from cluster.lab import Lab


def tried(lab: Lab, script: str, within_s: float, state: Callable[[], str]) -> tuple[int, str]:
    """How a command in the shell of the drill that is played ended, and what it printed on both outputs.

    Args:
        lab: where it is played.
        script: the command.
        within_s: seconds after which it has to have ended.
        state: where the drill stands, for the message of a failure.
    """
    argv = [sys.executable, "-m", "firedrill", "shell", "-c", script]
    try:
        done = subprocess.run(
            argv,
            cwd=lab.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=within_s,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired as late:
        said = f"{script}\ndid not end within {within_s:g} s\n{late.output}\n{state()}"
        raise AssertionError(said) from None
    return done.returncode, done.stdout


def shell(lab: Lab, script: str, within_s: float, state: Callable[[], str]) -> str:
    """What a command prints that has to succeed; see `tried`."""
    code, printed = tried(lab, script, within_s, state)
    assert code == 0, f"{script}\nended with {code}:\n{printed}\n{state()}"
    return printed
