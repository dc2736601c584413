"""Is the archive what was on the volume, and is the log whole?"""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SEGMENT = re.compile(r"(?:\./)?wal/(\d{8})")
CHECKPOINT = re.compile(r"(?:\./)?wal/checkpoint\.(\d{8})/")


@dataclass(frozen=True)
class Verified:
    """What an archive holds, and what is wrong with it.

    Args:
        files: how many.
        size: their bytes.
        segments: numbers of the log's segments, ascending.
        checkpoint: number of the newest checkpoint, or None.
        wrong: why the archive must not be relied on; empty where it is good.
    """

    files: int
    size: int
    segments: tuple[int, ...]
    checkpoint: int | None
    wrong: tuple[str, ...]


def verify(archive: Path, sums: Mapping[str, str]) -> Verified:
    """Compare an archive, file by file, with the digests that were taken on the volume.

    Args:
        archive: a gzipped tar.
        sums: SHA-256 of every file on the volume, by path.
    """
    digests: dict[str, str] = {}
    size = 0
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for member in opened:
                content = opened.extractfile(member) if member.isfile() else None
                if content is not None:
                    digests[member.name.removeprefix("./")] = _sha256(content)
                    size += member.size
    except (tarfile.TarError, EOFError, OSError) as error:
        return Verified(0, 0, (), None, (f"the archive cannot be read to its end: {error}",))
    segments = tuple(sorted(int(found[1]) for name in digests if (found := SEGMENT.fullmatch(name))))
    checkpoints = [int(found[1]) for name in digests if (found := CHECKPOINT.match(name))]
    return Verified(
        files=len(digests),
        size=size,
        segments=segments,
        checkpoint=max(checkpoints, default=None),
        wrong=(*_differences(digests, sums), *_holes(segments)),
    )


def _sha256(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _differences(archived: Mapping[str, str], volume: Mapping[str, str]) -> list[str]:
    wrong = [f"{name} is missing in the archive" for name in sorted(volume.keys() - archived.keys())]
    wrong += [f"{name} was not on the volume" for name in sorted(archived.keys() - volume.keys())]
    both = sorted(volume.keys() & archived.keys())
    return wrong + [f"{name} differs" for name in both if volume[name] != archived[name]]


def _holes(segments: tuple[int, ...]) -> list[str]:
    if not segments:
        return ["there is no segment of the log in it"]
    missing = sorted(set(range(segments[0], segments[-1] + 1)) - set(segments))
    return [f"segment {number:08d} of the log is missing: what it held is lost" for number in missing]
