"""A scenario of the engine's own pack with one thing wrong in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster.process import run as command
from experiments.catalogue import ScenarioFolder
from experiments.record.files import VerdictFile

TINY = Path(__file__).with_name("engine_pack") / "tiny_outage"
BASES = Path(__file__).resolve().parents[2] / "fixtures"


def variant(pack: Path, *changes: tuple[str, str, str], of: Path = TINY) -> ScenarioFolder:
    """A copy of a scenario in `pack`; each change replaces, in a file, the first `old` by `new`."""
    folder = pack / of.name
    shutil.copytree(of, folder)
    kustomization = folder / "system" / "kustomization.yaml"
    text = kustomization.read_text()
    assert text.count("../fixtures/redis") == 1
    base = os.path.relpath(BASES / "redis", kustomization.parent)
    kustomization.write_text(
        "\n".join(f"  - {base}" if "fixtures/redis" in line else line for line in text.split("\n"))
    )
    for file, old, new in changes:
        text = (folder / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (folder / file).write_text(text.replace(old, new, 1))
    return ScenarioFolder(folder)


def unasked(verdict: VerdictFile) -> str:
    """What could not be asked or done, in words."""
    return "\n".join(f"{one.name}: {one.evidence}" for one in verdict.checks if one.held is None)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of its own and of `size` at `folder`, in memory, gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    command(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder])
    try:
        yield
    finally:
        command(["umount", "--lazy", folder])


def fill(folder: Path) -> Path:
    """Fill the file system of `folder` to the last byte; the file that does it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as handle:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    handle.write(b"\0" * size)
            except OSError:
                continue
    return filler
