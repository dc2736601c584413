"""What is written down about a backup, beside it: `FILE.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.bad_input import BadInput
from tools.redis_backup.content import Content, whole


@dataclass(frozen=True)
class Manifest:
    """A backup whose restore was tried.

    Args:
        taken: when it was begun (RFC 3339, UTC).
        source: `host:port`.
        size: of the file (bytes).
        sha256: of the file.
        keys: how many came back.
        lasting: how many of them have no lifetime.
        digest: one SHA-256 of the lasting keys and their values.
    """

    taken: str
    source: str
    size: int
    sha256: str
    keys: int
    lasting: int
    digest: str

    @staticmethod
    def of(file: Path, held: Content, taken: str, source: str) -> Manifest:
        """The manifest of a file and of what came back from it."""
        lasting = sum(not one.expires for one in held.values())
        return Manifest(taken, source, file.stat().st_size, sha256(file), len(held), lasting, whole(held))

    def wrong(self, file: Path, held: Content) -> list[str]:
        """How a file, and what came back from it, differ from what was written down."""
        found = Manifest.of(file, held, self.taken, self.source)
        told = {
            "size": "bytes",
            "sha256": "SHA-256",
            "lasting": "lasting keys",
            "digest": "digest of the lasting keys",
        }
        return [
            f"{what}: {getattr(found, name)}, written down was {getattr(self, name)}"
            for name, what in told.items()
            if getattr(found, name) != getattr(self, name)
        ]

    def write(self, file: Path) -> None:
        """Write it beside the backup."""
        beside(file).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def beside(file: Path) -> Path:
    """Where a backup's manifest is."""
    return file.with_name(file.name + ".json")


def read(file: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        BadInput: there is none, or it is none.
    """
    try:
        return Manifest(**json.loads(beside(file).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{beside(file)} is not the manifest of a backup: {error}") from error


def sha256(file: Path) -> str:
    """Of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
