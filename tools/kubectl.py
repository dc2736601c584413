"""Asking a cluster, by the user's own kubectl and its connection options."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from tools.bad_input import BadInput


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--kubeconfig` and `--context`, as kubectl takes them."""
    parser.add_argument("--kubeconfig", help="as kubectl takes it")
    parser.add_argument("--context", help="as kubectl takes it")


def command(options: argparse.Namespace) -> list[str]:
    """kubectl with the connection that `add_options` read."""
    found = ["kubectl"]
    found += [f"--kubeconfig={options.kubeconfig}"] if options.kubeconfig else []
    found += [f"--context={options.context}"] if options.context else []
    return found


def ask(kubectl: list[str], *arguments: str, stdin: str = "", timeout_s: float = 60) -> str:
    """Standard output of one kubectl call, which gets `stdin` as its input.

    Raises:
        BadInput: kubectl is not there, fails, or takes longer.
    """
    try:
        done = subprocess.run(
            [*kubectl, *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=timeout_s,
            input=stdin,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _refused(arguments, error) from error
    return done.stdout


def stream(kubectl: list[str], out: Path, *arguments: str, timeout_s: float = 1800) -> None:
    """The bytes that one kubectl call prints, into a file.

    Raises:
        BadInput: kubectl is not there, fails, or takes longer; what came by then is in the file.
    """
    try:
        with out.open("wb") as file:
            subprocess.run(
                [*kubectl, *arguments],
                stdout=file,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                check=True,
                timeout=timeout_s,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise _refused(arguments, error) from error


def _refused(arguments: tuple[str, ...], error: OSError | subprocess.SubprocessError) -> BadInput:
    asked = f"`kubectl {' '.join(arguments[:3])}`"
    match error:
        case FileNotFoundError(filename=None) | FileNotFoundError(filename="kubectl"):
            return BadInput("kubectl is not on the PATH")
        case subprocess.TimeoutExpired():
            return BadInput(f"{asked} did not answer within {error.timeout:g} s")
        case subprocess.CalledProcessError():
            said = error.stderr if isinstance(error.stderr, str) else (error.stderr or b"").decode(errors="replace")
            return BadInput(f"{asked} failed: {said.strip()[-300:]}")
    return BadInput(f"{asked} could not be run: {error}")
