"""Redis' own protocol (RESP2), as much of it as a backup needs."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.bad_input import BadInput

TIMEOUT_S = 10.0
AT_ONCE = 500
"""Commands that are sent before their answers are read."""


class Refused(BadInput):
    """Redis answered with an error."""


class Client:
    """One connection.

    Args:
        place: `(host, port)`, or the path of a Unix socket.
        password: where Redis asks for one.

    Raises:
        BadInput: Redis cannot be reached, or refuses the password.
    """

    def __init__(self, place: tuple[str, int] | Path, password: str = "") -> None:
        self.place = f"{place[0]}:{place[1]}" if isinstance(place, tuple) else str(place)
        try:
            if isinstance(place, tuple):
                self._socket = socket.create_connection(place, TIMEOUT_S)
            else:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._socket.settimeout(TIMEOUT_S)
                self._socket.connect(str(place))
            self._answers = self._socket.makefile("rb")
        except OSError as error:
            raise BadInput(f"Redis at {self.place} cannot be reached: {error}") from error
        if password:
            self.ask("AUTH", password)

    def close(self) -> None:
        """Close the connection."""
        self._answers.close()
        self._socket.close()

    def ask(self, *words: str | bytes | int) -> Any:
        """The answer to one command: bytes, int, None or a list of such.

        Raises:
            Refused: Redis answered with an error.
            BadInput: the connection broke.
        """
        [answer] = self.ask_all([words])
        if isinstance(answer, Refused):
            raise Refused(f"Redis at {self.place} answers: {answer}")
        return answer

    def ask_all(self, commands: Iterable[tuple[str | bytes | int, ...]]) -> list[Any]:
        """The answers to many commands, in order; an error of Redis' stands in its place as `Refused`.

        Raises:
            BadInput: the connection broke.
        """
        waiting, answers = list(commands), []
        try:
            for start in range(0, len(waiting), AT_ONCE):
                part = waiting[start : start + AT_ONCE]
                self._socket.sendall(b"".join(map(_encoded, part)))
                answers += [self._read() for _ in part]
        except OSError as error:
            raise BadInput(f"Redis at {self.place} does not answer any more: {error}") from error
        return answers

    def _read(self) -> Any:
        line = self._answers.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection was closed")
        kind, rest = line[:1], line[1:-2]
        match kind:
            case b"+":
                return rest
            case b"-":
                return Refused(rest.decode(errors="replace"))
            case b":":
                return int(rest)
            case b"$":
                return None if int(rest) < 0 else self._bytes(int(rest))
            case b"*":
                return None if int(rest) < 0 else [self._read() for _ in range(int(rest))]
        raise ConnectionError(f"an answer begins with {kind!r}, which is no Redis")

    def _bytes(self, length: int) -> bytes:
        whole = self._answers.read(length + 2)
        if len(whole) < length + 2:
            raise ConnectionError("the connection was closed in the middle of an answer")
        return whole[:-2]


def _encoded(words: tuple[str | bytes | int, ...]) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
