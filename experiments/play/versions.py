"""What plays a run: the engine's content, the lab images, packages, and the machine.

A proof holds for what gave it: it says something today only where content, engine and images are what they were.
"""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import version
from pathlib import Path

from cluster.hashing import folder_digest
from cluster.images.tags import references

_ENGINE = ("cluster", "experiments", "firedrill", "fixtures", "tools")
_LOCK = "requirements/lock.txt"
_PACKAGES = ("chaostoolkit-lib", "kubernetes", "promql-parser", "pydantic")
_DIGITS = 12


def versions(root: Path, pack: Path) -> dict[str, str]:
    """What would play a run of a scenario now; reads files only.

    Args:
        root: the checkout.
        pack: the folder that the scenario stands in; its images count too.

    Returns:
        `engine` (of its code and pinned packages), `image <name>` (its tag, a hash of its content), `machine`,
        `python`, `platform` and each package that a verdict may hang on.

    Raises:
        BuildFailed: an image of the checkout or the pack cannot be described.
    """
    images = {name.rpartition("/")[2]: tag.rpartition(":")[2] for name, tag in references(root, [pack]).items()}
    return {
        "engine": engine(root),
        "machine": machine(),
        "python": platform.python_version(),
        "platform": platform.system().lower(),
        **{name: version(name) for name in _PACKAGES},
        **{f"image {name}": tag for name, tag in sorted(images.items())},
    }


def engine(root: Path) -> str:
    """A hash of everything of a checkout that plays and judges, scenarios and reports left out."""
    digest = hashlib.sha256()
    for room in _ENGINE:
        digest.update(f"{room} {folder_digest(root / room)}\n".encode())
    digest.update((root / _LOCK).read_bytes())
    return digest.hexdigest()[:_DIGITS]


def machine() -> str:
    """The machine in a line, without its name: `AMD EPYC, 2 cores, 24 GiB, Linux 6.1.0, x86_64`."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    about = (
        *_processor(Path("/proc/cpuinfo")),
        f"{len(os.sched_getaffinity(0))} cores",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        platform.machine(),
    )
    return ", ".join(about)


def _processor(cpuinfo: Path) -> list[str]:
    """The processor's name, where the kernel says one; on some architectures it does not."""
    if not cpuinfo.is_file():
        return []
    lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line.partition(":")[2].strip() for line in lines if line.startswith("model name")][:1]
