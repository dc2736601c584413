"""Asking a cluster, by the user's own kubectl and its connection options."""

from __future__ import annotations

import argparse
import subprocess

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


def ask(kubectl: list[str], *arguments: str, timeout_s: float = 60) -> str:
    """Standard output of one kubectl call.

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
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise BadInput("kubectl is not on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"`kubectl {arguments[0]}` did not answer within {timeout_s:g} s") from error
    except subprocess.CalledProcessError as error:
        raise BadInput(f"`kubectl {' '.join(arguments[:3])}` failed: {error.stderr.strip()[-300:]}") from error
    return done.stdout
