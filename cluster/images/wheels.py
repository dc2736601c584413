"""Python wheels for an image, downloaded on the host with their hashes checked, so that its build needs no index."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from cluster.process import run

#: Debian 13's Python
PYTHON = "3.13"


def ensure(cache: Path, requirements: Path, log: Path) -> Path:
    """The folder with the wheels of a requirements file.

    Args:
        cache: the lab's cache folder.
        requirements: a file in which every requirement has its hashes.
        log: where pip's output goes.

    Raises:
        CommandFailed: a wheel is not to be had, or has another hash.
    """
    text = requirements.read_bytes()
    folder = cache / "wheels" / hashlib.sha256(text + PYTHON.encode()).hexdigest()[:16]
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    machine = platform.machine()
    # glibc 2.41 of Debian 13 runs all of these; pip takes the newest that a project offers.
    tags = [f"manylinux_2_{minor}_{machine}" for minor in (34, 31, 28, 27, 26, 24, 17)] + [f"manylinux2014_{machine}"]
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="downloading-") as scratch:
        run(
            [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "-q"]
            + ["--only-binary=:all:", "--require-hashes", "--python-version", PYTHON, "--implementation", "cp"]
            + [word for tag in tags for word in ("--platform", tag)]
            + ["-d", f"{scratch}/wheels", "-r", str(requirements)],
            timeout_s=900,
            log=log,
        )
        shutil.move(f"{scratch}/wheels", folder)
    return folder
