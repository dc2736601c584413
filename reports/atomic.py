"""Putting a file in place in one step."""

from __future__ import annotations

import os
from pathlib import Path


def replace(path: Path, text: str) -> Path:
    """Replace `path` by `text`, on disk before it is seen (fsync, then rename), and return `path`."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("wb") as handle:
        handle.write(text.encode("utf-8", errors="replace"))
        handle.flush()
        os.fsync(handle.fileno())
    return fresh.replace(path)
