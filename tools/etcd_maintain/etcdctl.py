"""Asking etcd, by the user's own etcdctl."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from dataclasses import dataclass, field, replace
from typing import Any

from tools.bad_input import BadInput

_LONGEST_S = 3600
_GRACE_S = 10
"""etcdctl counts its own limit for each endpoint; it is killed only where it hangs beyond that."""


class Refused(BadInput):
    """etcd answered a call with an error; `said` holds its words."""

    def __init__(self, call: str, said: str) -> None:
        super().__init__(f"`etcdctl {call}` failed: {said}")
        self.said = said


@dataclass(frozen=True)
class Etcdctl:
    """How etcdctl reaches etcd.

    Args:
        variables: `ETCDCTL_…` -> value, above those of the environment. Flags are not used: etcdctl ends with an error
            where a flag and its variable are both there.
        limit_s: seconds that one call to one member may take.
    """

    variables: dict[str, str] = field(default_factory=dict)
    limit_s: float = 120.0

    def to(self, endpoint: str) -> Etcdctl:
        """The same, asking one member alone."""
        return replace(self, variables={**self.variables, "ETCDCTL_ENDPOINTS": endpoint})

    def run(self, *arguments: str) -> str:
        """Standard output of one call.

        Raises:
            Refused: etcd, or etcdctl, answered with an error.
            BadInput: etcdctl is not there, or takes longer than it may.
        """
        environment = {**os.environ, **self.variables, "ETCDCTL_COMMAND_TIMEOUT": f"{self.limit_s:g}s"}
        call = " ".join(arguments[:2])
        try:
            done = subprocess.run(
                ["etcdctl", *arguments],
                capture_output=True,
                text=True,
                check=True,
                timeout=self.limit_s + _GRACE_S,
                stdin=subprocess.DEVNULL,
                env=environment,
            )
        except FileNotFoundError as error:
            raise BadInput("etcdctl is not on the PATH") from error
        except subprocess.TimeoutExpired as error:
            raise BadInput(f"`etcdctl {call}` did not answer within {error.timeout:g} s") from error
        except subprocess.CalledProcessError as error:
            raise Refused(call, _reason(error.stderr)) from error
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """What one call prints as JSON.

        Raises:
            BadInput: as `run`, or the answer is no JSON.
        """
        text = self.run(*arguments, "--write-out=json")
        try:
            return json.loads(text)
        except ValueError as error:
            raise BadInput(f"`etcdctl {' '.join(arguments[:2])}` printed no JSON: {text.strip()[:200]!r}") from error


def add_options(parser: argparse.ArgumentParser) -> None:
    """The connection, as etcdctl takes it; what is not given comes from `ETCDCTL_…` variables."""
    parser.add_argument("--endpoints", help="of any member; the others are found through it ($ETCDCTL_ENDPOINTS)")
    parser.add_argument("--cacert", help="the CA of etcd's certificates ($ETCDCTL_CACERT)")
    parser.add_argument("--cert", help="the client's certificate ($ETCDCTL_CERT)")
    parser.add_argument("--key", help="and its key ($ETCDCTL_KEY)")
    parser.add_argument("--limit", type=float, default=120.0, metavar="SECONDS", help="for one call to one member")


def connection(options: argparse.Namespace) -> Etcdctl:
    """The connection that `add_options` read."""
    if not 0 < options.limit <= _LONGEST_S:
        raise BadInput(f"--limit {options.limit:g}: a call takes more than 0 s and at most {_LONGEST_S} s")
    given = {name: getattr(options, name) for name in ("endpoints", "cacert", "cert", "key")}
    return Etcdctl({f"ETCDCTL_{name.upper()}": value for name, value in given.items() if value}, options.limit)


def _reason(stderr: str) -> str:
    """The last words of etcdctl; its log lines above them repeat every attempt."""
    lines = [line for line in stderr.strip().splitlines() if line and not line.startswith("{")]
    return (lines or stderr.strip().splitlines() or ["it gave no reason"])[-1][-300:]
