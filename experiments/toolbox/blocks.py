"""One runbook block: a container of its own in the anchor's network namespace, killed as a whole at its limit."""

from __future__ import annotations

import re
import time
from pathlib import Path

from docker import DockerClient
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from cluster.errors import LabError
from experiments.record.files import BlockResult, RunbookBlock
from experiments.record.redaction import Redaction
from experiments.record.writing import writing
from experiments.toolbox.confinement import SHELL, Place, create_oncall
from experiments.toolbox.stream import Attached, Capped

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
        container = create_oncall(
            docker, place, f"-block-{block.index}", [*SHELL, block.script], network_mode=f"container:{anchor.id}"
        )
        try:
            with out.open("wb") as file:
                output = Capped(file, OUTPUT_CAP, redaction)
                started, ended, exit_code = _play(container, output, limit_s)
        finally:
            _remove(container)
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


def _play(container: Container, output: Capped, limit_s: float) -> tuple[float, float, int | None]:
    """Start, read to the end or the limit; epoch seconds of start and end, and the exit code."""
    attached = Attached(container.attach_socket(params={"stdout": 1, "stderr": 1, "stream": 1}))
    try:
        started = time.time()
        container.start()
        in_time = attached.pump(output.take, time.monotonic() + limit_s)
        if not in_time:
            _kill(container)
            attached.pump(output.take, time.monotonic() + GRACE_S)
        output.finish()
    finally:
        attached.close()
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


def _remove(container: Container) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        return
