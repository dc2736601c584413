"""Putting files into the shared home."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from docker.errors import APIError
from docker.models.containers import Container

from cluster.errors import LabError
from experiments.toolbox.confinement import HOME, ONCALL_UID


@dataclass(frozen=True)
class HomeFile:
    """A file for the home: its path relative to it, its text and its mode."""

    path: PurePosixPath
    text: str
    mode: int = 0o600


def put(anchor: Container, files: list[HomeFile]) -> None:
    """Write files, owned by the on-call engineer, with the folders they need.

    Raises:
        LabError: the engine refused.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for folder in sorted({parent for file in files for parent in file.path.parents if parent.name}):
            tar.addfile(_entry(folder, 0o700, tarfile.DIRTYPE))
        for file in files:
            content = file.text.encode()
            entry = _entry(file.path, file.mode, tarfile.REGTYPE)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    try:
        anchor.put_archive(str(HOME), archive.getvalue())
    except APIError as error:
        raise LabError(f"The toolbox's home could not be written: {error.explanation}", "firedrill doctor") from error


def _entry(path: PurePosixPath, mode: int, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(str(path))
    entry.type, entry.mode, entry.uid, entry.gid = kind, mode, ONCALL_UID, ONCALL_UID
    return entry
