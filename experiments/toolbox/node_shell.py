"""`node-shell NODE -- COMMAND`, which stands for ssh: the program in the toolbox, and what it says to the runner.

The program connects to a port of the toolbox's own loopback and sends three lines in base64: node, command, standard
input. The answer is `accepted`, then lines `1 BASE64` (stdout) and `2 BASE64` (stderr), at last `exit CODE`. A
connection that ends before `accepted` was never seen by the runner, so the program tries again. Code 255 is ssh's for
"not reached".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from cluster.errors import BrokenScenario
from experiments.toolbox.files import HomeFile

PORT = 2222
NOT_REACHED = 255
LONGEST_REQUEST = 4 * 1024 * 1024
_ATTEMPTS = 30

_PROGRAM = f"""#!/bin/bash
# Runs a command on a node as root, for the nodes that the runbook's front matter declares.
set -u
trap '' PIPE  # a connection that is reset is one to try again
if (( $# < 3 )) || [[ $2 != -- ]]; then
  echo 'usage: node-shell NODE -- COMMAND' >&2
  exit {NOT_REACHED}
fi
node=$1
shift 2
input=
[[ -t 0 ]] || input=$(head -c 1M | base64 -w0)
for (( attempt = 0; attempt < {_ATTEMPTS}; attempt++ )); do
  if {{ exec 3<>/dev/tcp/127.0.0.1/{PORT}; }} 2>/dev/null; then
    printf '%s\\n' "$(base64 -w0 <<<"$node")" "$(base64 -w0 <<<"$*")" "$input" >&3 2>/dev/null
    while read -r kind value <&3 2>/dev/null; do
      case $kind in
        1) base64 -d <<<"$value" ;;
        2) base64 -d <<<"$value" >&2 ;;
        exit) exit "$value" ;;
        accepted) attempt={_ATTEMPTS} ;;
      esac
    done
    exec 3>&-
  fi
  sleep 0.1
done
echo "node-shell: $node was not reached; is it among the nodes that the front matter declares?" >&2
exit {NOT_REACHED}
"""


@dataclass(frozen=True)
class Request:
    """What a block asks of a node."""

    node: str
    command: str
    stdin: bytes


def program() -> HomeFile:
    """The program `node-shell`, for the home's `bin`."""
    return HomeFile(PurePosixPath("bin/node-shell"), _PROGRAM, 0o500)


def read_request(received: bytes) -> Request | None:
    """The request in what was received so far; None while it is not whole.

    Raises:
        ValueError: it is no request.
    """
    if received.count(b"\n") < 3:
        if len(received) > LONGEST_REQUEST:
            raise ValueError("the request is too long")
        return None
    try:
        node, command, stdin = (base64.b64decode(line, validate=True) for line in received.split(b"\n")[:3])
        return Request(node.decode().removesuffix("\n"), command.decode().removesuffix("\n"), stdin)
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"the request cannot be read: {error}") from error


def output_line(stream: int, piece: bytes) -> bytes:
    """A piece of the command's output as the answer carries it."""
    return b"%d %s\n" % (stream, base64.b64encode(piece))


def declared_nodes(lab_name: str, nodes: Iterable[str], declared: Iterable[str]) -> dict[str, str]:
    """What a runbook may call a node -> the node's name, for the declared ones alone.

    A runbook is written for any lab, so `worker2` names the node that is `<lab>-worker2`; its whole name, as kubectl
    prints it, is understood too.

    Raises:
        BrokenScenario: the front matter names a node that the lab does not have.
    """
    short = {name.removeprefix(f"{lab_name}-"): name for name in nodes}
    calls: dict[str, str] = {}
    for asked in declared:
        bare = asked.removeprefix(f"{lab_name}-")
        if bare not in short:
            raise BrokenScenario(
                f"The front matter of RUNBOOK.md declares node-shell for {asked!r}, which is no node of the lab.",
                f"its nodes are {', '.join(sorted(short))}",
            )
        calls |= {bare: short[bare], short[bare]: short[bare]}
    return calls
