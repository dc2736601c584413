"""Reading a container's attached output with a deadline and in bounded memory."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from cluster.errors import LabError
from experiments.record.redaction import Redaction, Splitter
from experiments.record.writing import writing

CHUNK = 64 * 1024
STDOUT = 1
_HEADER = struct.Struct(">BxxxL")


class Frames:
    """Takes apart what the engine sends without a terminal: frames of stdout (1) and stderr (2).

    Format: the Docker Engine API's reference, ContainerAttach, "Stream format".
    """

    def __init__(self) -> None:
        self._rest = b""
        self._stream = 0
        self._left = 0

    def feed(self, received: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces that `received` completes or continues, each with its stream's number; cut anywhere."""
        self._rest += received
        while self._rest:
            if self._left == 0:
                if len(self._rest) < _HEADER.size:
                    return
                self._stream, self._left = _HEADER.unpack_from(self._rest)
                self._rest = self._rest[_HEADER.size :]
            else:
                piece, self._rest = self._rest[: self._left], self._rest[self._left :]
                self._left -= len(piece)
                yield self._stream, piece


class Attached:
    """The connection that the Docker SDK's attach_socket and exec_start(socket=True) return."""

    def __init__(self, sock: object) -> None:
        inner = getattr(sock, "_sock", sock)
        if not isinstance(inner, socket.socket):
            raise LabError(
                f"The Docker engine is not reached over a Unix socket ({type(inner).__name__}).", "unset DOCKER_HOST"
            )
        self._outer = sock  # its collection would close the connection
        self._socket = inner
        self._frames = Frames()

    def pump(self, take: Callable[[int, bytes], None], deadline: float) -> bool:
        """Hand on output as it arrives.

        Args:
            take: is given each piece with its stream's number.
            deadline: the moment (`time.monotonic()`) at which to stop; it may be called again with a later one.

        Returns:
            True at the output's end, False at the deadline.
        """
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self._socket], [], [], left)[0]:
                return False
            received = self._socket.recv(CHUNK)
            if not received:
                return True
            for stream, piece in self._frames.feed(received):
                take(stream, piece)
        return False

    def send(self, content: bytes) -> None:
        """Send all of `content` to the other side's standard input."""
        self._socket.sendall(content)

    def send_end(self) -> None:
        """End the other side's standard input; its output is still read."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class Capped:
    """A file that takes the first `cap` bytes, with every secret taken out; the rest is counted and dropped.

    Args:
        file: where they go.
        cap: bytes.
        redaction: what is secret. Each stream has its own splitter, so that a word of one does not hide in a line of
            the other.
    """

    def __init__(self, file: IO[bytes], cap: int, redaction: Redaction) -> None:
        self._file = file
        self._room = cap
        self._redaction = redaction
        self._streams: dict[int, Splitter] = {}
        self.seen = 0
        self.truncated = False

    def take(self, stream: int, piece: bytes) -> None:
        """Keep what still fits, on disk with the end of its line, so that a page watching the run sees it."""
        self.seen += len(piece)
        if self.truncated:
            return
        if stream not in self._streams:
            self._streams[stream] = Splitter(self._redaction)
        self._keep(self._streams[stream].feed(piece))

    def finish(self) -> None:
        """Keep what still waits for the end of its line: the output has ended."""
        for stream in self._streams.values():
            self._keep(stream.finish())

    def _keep(self, ready: bytes) -> None:
        self.truncated = self.truncated or len(ready) > self._room
        if ready:
            with writing(Path(getattr(self._file, "name", "the output"))):
                self._file.write(ready[: self._room])
                self._file.flush()
        self._room = max(0, self._room - len(ready))
