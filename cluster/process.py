"""Runs the lab's own commands: with a deadline, as a group that is killed as a whole, with a log where it is long."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from cluster.errors import CommandFailed

_TAIL_LINES = 12
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
"""Before a command: the kernel kills it when the process that started it is killed."""


def run(
    argv: Sequence[str | Path],
    *,
    timeout_s: float = 60,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | IO[bytes] | None = None,
    log: Path | None = None,
    dies_with_us: bool = False,
) -> str:
    """Runs one command to its end.

    Args:
        argv: the program and its arguments; no shell is involved.
        timeout_s: seconds after which the command and its children are killed.
        cwd: working directory.
        env: variables set on top of this process's environment.
        stdin: text or an open file for its standard input; empty input if None.
        log: a file to which both output streams are appended, for long commands.
        dies_with_us: the kernel kills it when this process is killed: for what changes the lab, so that nothing goes on
            changing it behind the back of whoever cleans up.

    Returns:
        Standard output; empty where a log is given.

    Raises:
        CommandFailed: it could not be started, ended non-zero, or ran out of time.
    """
    words = [str(word) for word in argv]
    if log is None:
        return _finish(words, timeout_s, cwd, env, stdin, None, dies_with_us)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as sink:
        sink.write(f"$ {shlex.join(words)}\n")
        sink.flush()
        try:
            return _finish(words, timeout_s, cwd, env, stdin, sink, dies_with_us)
        except CommandFailed as failure:
            raise CommandFailed(f"{failure.happened}: {tail(log)}", f"read {log}") from failure


def tail(log: Path) -> str:
    """The last lines of a log file, for a message."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])


def _finish(
    words: list[str],
    timeout_s: float,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    stdin: str | IO[bytes] | None,
    sink: IO[str] | None,
    dies_with_us: bool,
) -> str:
    shown = shlex.join(words)
    if len(shown) > 300:
        shown = shown[:300] + " …"
    try:
        process = subprocess.Popen(
            [*(DIES_WITH_US if dies_with_us else ()), *words],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE if isinstance(stdin, str) else stdin or subprocess.DEVNULL,
            stdout=sink or subprocess.PIPE,
            stderr=subprocess.STDOUT if sink else subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as failure:
        raise CommandFailed(f"`{shown}` could not be started: {failure}") from failure
    try:
        out, err = process.communicate(stdin if isinstance(stdin, str) else None, timeout=timeout_s)
    except subprocess.TimeoutExpired as late:
        _kill_group(process)
        raise CommandFailed(f"`{shown}` was still running after {timeout_s:.0f} s") from late
    except BaseException:
        _kill_group(process)
        raise
    if process.returncode != 0:
        said = "\n".join((err or out or "").strip().splitlines()[-_TAIL_LINES:])
        raise CommandFailed(f"`{shown}` ended with {process.returncode}" + (f": {said}" if said else ""))
    return out or ""


def _kill_group(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
