"""The runner's side of `node-shell`: a port on the toolbox's loopback, and commands on declared nodes.

No packet goes to the host: a helper container in the toolbox's network namespace listens, and its two ends come to the
runner through the engine. Each connection gets a listener of its own, one after the other. Commands run through the
engine too, so they work when the node's kubelet does not.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from docker import DockerClient
from docker.errors import APIError
from docker.models.containers import Container

from cluster.errors import LabError, NotOurLab
from cluster.guard import Handle
from experiments.toolbox.confinement import Place
from experiments.toolbox.node_shell import NOT_REACHED, PORT, Request, output_line, read_request
from experiments.toolbox.stream import Attached

LONGEST_S = 600.0
"""Limit of a command from the trainee's shell; one from a block ends with the block's own limit."""

_TURN_S = 0.3
_LISTEN = ["socat", "-t0.2", "STDIO", f"TCP4-LISTEN:{PORT},bind=127.0.0.1,reuseaddr"]
_LOG = logging.getLogger(__name__)


class Gate:
    """Answers `node-shell` while it is open; made by `gate`.

    Args:
        handle: the guarded lab.
        helper: the container that listens.
        nodes: what a runbook may call a node -> the node, the declared ones alone.
    """

    def __init__(self, handle: Handle, helper: Container, nodes: Mapping[str, str]) -> None:
        self._handle = handle
        self._helper = helper
        self._nodes = nodes
        self._stop = threading.Event()
        self._block_ends: float | None = None
        self._thread = threading.Thread(target=self._serve, name="node-shell", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; a command that runs is not waited for longer than a turn."""
        self._stop.set()
        self._thread.join(timeout=10)

    @contextmanager
    def during_block(self, limit_s: float) -> Iterator[None]:
        """Commands asked for in here end when the block does (seconds from now)."""
        self._block_ends = time.monotonic() + limit_s
        try:
            yield
        finally:
            self._block_ends = None

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection = _exec(self._handle.docker, self._helper, _LISTEN)
                request = self._read(connection)
            except (APIError, OSError, LabError) as error:
                if not self._stop.is_set():
                    _LOG.warning("node-shell does not listen: %s", error)
                self._stop.wait(_TURN_S)
                continue
            if request is None:
                connection.close()
            else:  # the next connection does not wait until this command ends
                threading.Thread(target=self._serve_one, args=(connection, request), daemon=True).start()

    def _serve_one(self, connection: Attached, request: Request) -> None:
        try:
            connection.send(b"accepted\n")
            connection.send(b"exit %d\n" % self._answer(connection, request))
        except (APIError, OSError, LabError) as error:
            _LOG.warning("node-shell %s -- %s: %s", request.node, request.command, error)
        finally:
            connection.close()

    def _read(self, connection: Attached) -> Request | None:
        received = bytearray()

        def take(_stream: int, piece: bytes) -> None:
            received.extend(piece)

        while not self._stop.is_set():
            ended = connection.pump(take, time.monotonic() + _TURN_S)
            try:
                request = read_request(bytes(received))
            except ValueError as error:
                _LOG.warning("node-shell: %s", error)
                return None
            if request is not None or ended:
                return request
        return None

    def _answer(self, connection: Attached, request: Request) -> int:
        node = self._nodes.get(request.node)
        if node is None:
            return self._refuse(connection, f"{request.node} is not declared in the front matter of RUNBOOK.md")
        left = LONGEST_S if self._block_ends is None else max(1.0, self._block_ends - time.monotonic())
        _LOG.info("node-shell %s -- %s", node, request.command)
        argv = ["timeout", "--kill-after=1", f"{left:.0f}", "bash", "-c", request.command]
        try:
            command = _Command(self._handle.docker, self._handle.node(node), argv, request.stdin)
        except (APIError, NotOurLab) as error:
            return self._refuse(connection, f"{node} is down: {error}")
        return command.relay(connection, time.monotonic() + left + 2, self._stop)

    def _refuse(self, connection: Attached, reason: str) -> int:
        connection.send(output_line(2, f"node-shell: {reason}\n".encode()))
        return NOT_REACHED


class _Command:
    """A command that runs in a node."""

    def __init__(self, docker: DockerClient, node: Container, argv: list[str], stdin: bytes) -> None:
        self._docker = docker
        self._id = docker.api.exec_create(node.id, argv, stdin=True, stdout=True, stderr=True, privileged=True)["Id"]
        self._attached = Attached(docker.api.exec_start(self._id, socket=True))
        self._attached.send(stdin)
        self._attached.send_end()

    def relay(self, connection: Attached, deadline: float, stop: threading.Event) -> int:
        """Hand its output on until it ends; its exit code, or 255 where it did not end in time."""

        def take(stream: int, piece: bytes) -> None:
            connection.send(output_line(stream, piece))

        try:
            while not stop.is_set() and time.monotonic() < deadline:
                if self._attached.pump(take, min(deadline, time.monotonic() + _TURN_S)):
                    code = self._docker.api.exec_inspect(self._id)["ExitCode"]
                    return NOT_REACHED if code is None else int(code)
            return NOT_REACHED
        finally:
            self._attached.close()


@contextmanager
def gate(handle: Handle, place: Place, anchor: Container, nodes: Mapping[str, str]) -> Iterator[Gate]:
    """Open the gate beside the anchor; it answers until this ends.

    Args:
        handle: the guarded lab.
        place: name, image and labels of the toolbox.
        anchor: the confined anchor.
        nodes: see `Gate`.

    Raises:
        LabError: the engine refused.
    """
    try:
        helper = handle.docker.containers.run(
            place.image,
            ["sleep", "infinity"],
            entrypoint=[],
            name=f"{place.name}-gate",
            labels=place.labels,
            user="65534:65534",
            network_mode=f"container:{anchor.id}",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            mem_limit="64m",
            pids_limit=32,
            detach=True,
        )
    except APIError as error:
        raise LabError(f"node-shell could not be opened: {error.explanation}", "firedrill doctor") from error
    opened = Gate(handle, helper, nodes)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()


def _exec(docker: DockerClient, container: Container, argv: list[str]) -> Attached:
    started = docker.api.exec_create(container.id, argv, stdin=True, stdout=True, stderr=False)
    return Attached(docker.api.exec_start(started["Id"], socket=True))
