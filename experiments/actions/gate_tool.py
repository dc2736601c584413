"""A gate as a program on the host, where CI would run it: with the lab's kubectl, its kubeconfig and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from cluster.errors import LabError
from cluster.process import DIES_WITH_US
from experiments.play.session import Session


def run(session: Session, tool: str, arguments: Sequence[str], within_s: float, hear: Callable[[str], None]) -> int:
    """Run a gate to its end; it ends with this process, so that none goes on changing what the next run deploys.

    Args:
        session: the run.
        tool: a console script that is installed beside this Python.
        arguments: its arguments.
        within_s: seconds that it may take.
        hear: is told each line that it prints, as it does.

    Returns:
        Its exit code; a negative one is the signal that ended it.

    Raises:
        LabError: it is not installed, or does not end in time.
    """
    script = Path(sys.executable).with_name(tool)
    if not script.is_file():
        raise LabError(f"The gate {tool} is not installed beside {sys.executable}.", "Run make again, it installs it.")
    late = threading.Event()
    with subprocess.Popen(
        [*DIES_WITH_US, script, *arguments],
        env=_environment(session),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as running:

        def end() -> None:
            late.set()
            _kill(running)

        limit = threading.Timer(within_s, end)
        limit.start()
        try:
            for line in running.stdout or ():
                hear(line)
            running.wait()
        finally:
            limit.cancel()
            _kill(running)
    if late.is_set():
        raise LabError(f"The gate {tool} did not end within {within_s:g} s.", "Run it by hand on gate/change.yaml.")
    return running.returncode


def _kill(running: subprocess.Popen[str]) -> None:
    """End it and what it started; nothing where it has ended."""
    if running.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)


def _environment(session: Session) -> dict[str, str]:
    lab = session.home.lab
    return {
        "PATH": f"{lab.binaries}:{os.environ.get('PATH', '')}",
        "KUBECONFIG": str(session.handle.lab.kubeconfig),
        "HOME": str(lab.state),
    }
