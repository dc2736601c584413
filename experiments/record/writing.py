"""Writing files so that they are whole or not there, and saying so where the disk does not take them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster.errors import NotWritten


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Whatever the system says against writing `path` in here is told as what it means.

    Raises:
        NotWritten: the disk is full, or the file may not be written.
    """
    try:
        yield
    except OSError as error:
        raise NotWritten(
            f"{path} could not be written: {error.strerror or error}",
            f"df -h {path.parent}: make room there, then firedrill heal",
        ) from error


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step, on disk before it is seen (fsync, then rename).

    Raises:
        NotWritten: what stood there before stands there still.
    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """The same for bytes; `mode` less the process's umask are the file's rights."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def append_line(path: Path, line: bytes, *, mode: int = 0o666) -> None:
    """Add a line to `path`, on disk before it returns; a line that does not fit is not left there in part.

    A last line that was cut short by a kill is ended first, so that it spoils no other.

    Raises:
        NotWritten: the line is not there.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, mode)
        try:
            size = os.fstat(handle).st_size
            cut_short = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            try:
                _write_all(handle, (b"\n" if cut_short else b"") + line + b"\n")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, size)
                raise
        finally:
            os.close(handle)
        if fresh:
            _sync_folder(path.parent)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
