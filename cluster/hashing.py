"""Content hashes of folders: the same files give the same hash on every machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def folder_digest(folder: Path) -> str:
    """SHA-256 over the paths, executable bits and bytes of all files in a folder, symbolic links by their target."""
    digest = hashlib.sha256()
    for file in files(folder):
        mode = "x" if os.access(file, os.X_OK) else "-"
        content = str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
        digest.update(f"{file.relative_to(folder)}\0{mode}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def files(folder: Path) -> list[Path]:
    """All files of a folder that count for its content, sorted."""
    return sorted(
        file
        for file in folder.rglob("*")
        if (file.is_file() or file.is_symlink()) and not _IGNORED.intersection(file.relative_to(folder).parts)
    )
