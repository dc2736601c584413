"""The container of the next block, started while the present one runs: a quarter of a second less for each block.

It is confined as every block's is, and waits in its first process for the word to begin. Nothing of its block runs
before, and it ends without having begun when whoever holds its standard input goes.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from docker import DockerClient
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from cluster.errors import LabError
from experiments.record.files import RunbookBlock
from experiments.toolbox.confinement import SHELL, Place, create_oncall
from experiments.toolbox.stream import Attached

_WAIT = 'read -r _ && exec "$@" < /dev/null'


@dataclass(frozen=True)
class Waiting:
    """A block's container that runs and waits for the word to begin."""

    container: Container
    attached: Attached

    def begin(self) -> None:
        """Give the word: its first process becomes the block, with an empty standard input.

        Raises:
            LabError: it has ended while it waited.
        """
        try:
            self.attached.send(b"\n")
        except OSError as error:
            raise LabError(f"{self.container.name} does not wait any more: {error}", "firedrill doctor") from error

    def remove(self) -> None:
        """Remove it, whatever it does; one that is gone is no error.

        Raises:
            APIError: the engine refused.
        """
        self.attached.close()
        try:
            self.container.remove(force=True, v=True)
        except NotFound:
            return


def start(docker: DockerClient, place: Place, anchor: Container, block: RunbookBlock) -> Waiting:
    """Start a block's container in the anchor's network namespace; its script runs as `bash -euo pipefail`.

    Raises:
        APIError: the engine refused.
    """
    container = create_oncall(
        docker,
        place,
        f"-block-{block.index}",
        ["bash", "-c", _WAIT, "standby", *SHELL, block.script],
        stdin=True,
        network_mode=f"container:{anchor.id}",
    )
    try:
        attached = Attached(container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}))
        container.start()
    except APIError:
        container.remove(force=True, v=True)
        raise
    return Waiting(container, attached)


class Standby:
    """At most one container that is started ahead.

    Args:
        docker: the engine of the lab.
        place: name, image and labels of the toolbox.
        anchor: the confined anchor.
    """

    def __init__(self, docker: DockerClient, place: Place, anchor: Container) -> None:
        self._docker = docker
        self._place = place
        self._anchor = anchor
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="standby")
        self._next: tuple[RunbookBlock, Future[Waiting]] | None = None

    def expect(self, block: RunbookBlock) -> None:
        """Begin to start the container of a block that probably comes next; nothing is waited for."""
        self._discard()
        self._next = block, self._pool.submit(start, self._docker, self._place, self._anchor, block)

    def take(self, block: RunbookBlock) -> Waiting:
        """The block's container: the one that was started ahead, or where another block was expected, a new one.

        Raises:
            APIError: the engine refused.
        """
        if self._next is not None and self._next[0] == block:
            _, started = self._next
            self._next = None
            return started.result()
        self._discard()
        return start(self._docker, self._place, self._anchor, block)

    def close(self) -> None:
        """Remove what was started for nothing; what the engine refuses, the toolbox's sweep removes."""
        try:
            self._discard()
        finally:
            self._pool.shutdown()

    def _discard(self) -> None:
        if self._next is None:
            return
        _, started = self._next
        self._next = None
        try:
            started.result().remove()
        except APIError:
            return  # it was not started, or the sweep removes it by its label
