"""One runbook block: a container of its own in the anchor's network namespace, killed as a whole at its limit."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from docker import DockerClient
from docker.errors import APIError
from docker.models.containers import Container

from cluster.errors import LabError
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.redaction import Redaction
from experiments.record.writing import writing
from experiments.toolbox.confinement import Place
from experiments.toolbox.standby import Waiting, start
from experiments.toolbox.stream import Capped

OUTPUT_CAP = 1024 * 1024
"""Bytes of output that are kept (and matched); a megabyte is more than a report can show."""

GRACE_S = 15.0
"""How long the engine may take to end a killed container and its output."""


def run(
    docker: DockerClient,
    place: Place,
    anchor: Container,
    block: RunbookBlock,
    limit_s: float,
    out: Path,
    redaction: Redaction,
    take: Callable[[RunbookBlock], Waiting] | None = None,
) -> BlockResult:
    """Run one block to its end or its limit.

    Args:
        docker: the engine of the lab.
        place: name, image and labels of the toolbox.
        anchor: the confined anchor.
        block: the block; its script runs as `bash -euo pipefail`.
        limit_s: seconds after which it is killed with everything it started.
        out: the file that gets its stdout and stderr, at most `OUTPUT_CAP` bytes, without secrets.
        redaction: what is secret.
        take: gives the block's container, started and waiting; it is started here if None.

    Returns:
        How it ended; `exit_code` None means killed at its limit.

    Raises:
        LabError: the engine refused or did not end the container.
        NotWritten: the disk did not take the output.
    """
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.touch()
    try:
        waiting = take(block) if take else start(docker, place, anchor, block)
        try:
            with out.open("wb") as file:
                output = Capped(file, OUTPUT_CAP, redaction)
                started, ended, exit_code = _play(waiting, output, limit_s)
        finally:
            waiting.remove()
    except APIError as error:
        raise LabError(f"Block {block.index} could not be run: {error.explanation}", "firedrill doctor") from error
    text = out.read_bytes().decode(errors="replace")
    return BlockResult(
        index=block.index,
        kind=block.kind,
        started=started,
        ended=ended,
        exit_code=exit_code,
        expect=block.expect,
        matched=None if block.expect is None else re.search(block.expect, text, re.MULTILINE) is not None,
        context=block.context,
        output_bytes=output.seen,
        truncated=output.truncated,
    )


def _play(waiting: Waiting, output: Capped, limit_s: float) -> tuple[float, float, int | None]:
    """Begin, read to the end or the limit; epoch seconds of start and end, and the exit code."""
    attached, container = waiting.attached, waiting.container
    started = time.time()
    waiting.begin()
    in_time = attached.pump(output.take, time.monotonic() + limit_s)
    if not in_time:
        _kill(container)
        attached.pump(output.take, time.monotonic() + GRACE_S)
    output.finish()
    ended = time.time()
    status = container.wait(timeout=GRACE_S)["StatusCode"]
    return started, ended, int(status) if in_time else None


def _kill(container: Container) -> None:
    """SIGKILL to the container's first process: the kernel ends every other one in its PID namespace with it."""
    try:
        container.kill()
    except APIError as error:
        if error.status_code != 409:  # it ended by itself in this moment
            raise
